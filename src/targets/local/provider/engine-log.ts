/** Tells a person who watches an update how far one resource is. */
export type Report = (text: string) => void;

/**
 * Shows progress beside a resource; the same text is shown once. What cannot be shown is left out.
 * @param engine address of the engine; undefined where there is none
 */
export function reportTo(engine: string | undefined, urn: string): Report {
  let last = "";
  return (text) => {
    if (engine === undefined || text === last) return;
    last = text;
    void show(engine, urn, text).catch(() => undefined);
  };
}

/** What shows it is loaded when there is something to show: a stage that waits for nothing does without. */
async function show(engine: string, urn: string, text: string): Promise<void> {
  const [{ default: settings }, { default: messages }] = await Promise.all([
    import("@pulumi/pulumi/runtime/settings.js"),
    import("@pulumi/pulumi/proto/engine_pb.js"),
  ]);
  if (!settings.hasEngine()) settings.resetOptions("", "", -1, engine, "", false, "");
  const request = new messages.LogRequest();
  request.setSeverity(messages.LogSeverity.INFO);
  request.setMessage(text);
  request.setUrn(urn);
  request.setEphemeral(true);
  settings.getEngine()?.log(request, () => undefined);
}
