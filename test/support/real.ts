/** The engine and its programs must not speak to the network, and need no passphrase of the user's. */
process.env["PULUMI_CONFIG_PASSPHRASE"] = "";
process.env["PULUMI_SKIP_UPDATE_CHECK"] = "true";
// Else the engine looks for the plugins of all targets at every update, whatever the stage runs on.
process.env["PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION"] = "true";
delete process.env["PULUMI_CONFIG_PASSPHRASE_FILE"];
delete process.env["PULUMI_BACKEND_URL"];
