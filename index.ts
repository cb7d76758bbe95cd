import * as pulumi from "./src/pulumi.ts";

// The provider starts while the rest of the program is loaded: a rollback waits for both.
void pulumi.invoke("sluice-local:index:ready", {}).catch(() => undefined);
const { deploy } = await import("./src/deploy.ts");

export const { stage, target, exposures, kills, overrides, url, visitors } = await deploy();
