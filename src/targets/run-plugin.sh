#!/bin/sh
# Runs Pulumi's own plugin of a provider: run-plugin.sh NAME VERSION PAGE [arguments]. Stands for it in Pulumi.yaml,
# because every preview of every stage, on whatever target, would otherwise look for the plugins of all SDKs among the
# packages and download them.
name=$1 version=$2 page=$3
shift 3
home="${PULUMI_HOME:-$HOME/.pulumi}"
plugin="$home/plugins/resource-$name-v$version/pulumi-resource-$name"
if [ ! -x "$plugin" ]; then
  pulumi=$(command -v pulumi) || pulumi="$home/versions/3.255.0/bin/pulumi"
  if ! "$pulumi" plugin install resource "$name" "$version" >&2; then
    echo "The plugin $name $version is not there and could not be downloaded. Where the network allows it: npx pulumi plugin install resource $name $version; $page says how to bring it here." >&2
    exit 1
  fi
fi
exec "$plugin" "$@"
