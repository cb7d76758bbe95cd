// The Kubernetes provider of Pulumi, from its Go module. The module's own main embeds two generated
// files that the module lacks; Sluice's set-up copies them here from where the module has them.
package main

import (
	_ "embed"

	"github.com/pulumi/pulumi-kubernetes/provider/v4/pkg/provider"
)

//go:embed schema.json
var schema []byte

//go:embed terraform-mapping.json
var mapping []byte

func main() {
	provider.Serve("kubernetes", "4.25.0", schema, mapping)
}
