/** The parts of the Docker SDK that the target uses, by their own modules. */
export { Container } from "@pulumi/docker/container.js";
export { Network } from "@pulumi/docker/network.js";
export { Provider } from "@pulumi/docker/provider.js";
export { RemoteImage } from "@pulumi/docker/remoteImage.js";
export { Volume } from "@pulumi/docker/volume.js";
