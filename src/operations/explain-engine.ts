import { OperationError } from "./errors.ts";
import { explainCluster } from "./explain-cluster.ts";

/** Reads the engine's text and says what kind of end it was, with the way out. */
export function explain(text: string, stage: string): OperationError {
  const own = ownWords(text);
  if (own !== null) return new OperationError(own.startsWith("The gates") ? "refused" : "config", own);
  if (text.includes("currently locked")) {
    const [, who, pid] = HOLDER.exec(text) ?? [];
    return new OperationError(
      "busy",
      `The stack ${stage} is locked by another update${who === undefined ? "" : ` (${who}, process ${pid})`}. Wait for it; if it was killed: npx pulumi cancel --stack ${stage}, then try again.`,
    );
  }
  if (text.includes("no stack named")) return new OperationError("missing", `There is no stack ${stage} yet. First: pulumi stack init ${stage}`);
  if (text.includes("incorrect passphrase") || text.includes("passphrase must be set")) {
    return new OperationError(
      "config",
      `The passphrase of ${stage} is another. Set PULUMI_CONFIG_PASSPHRASE, or PULUMI_CONFIG_PASSPHRASE_FILE, to the one that its secrets were made with.`,
    );
  }
  if (text.includes("ENOENT") && text.includes("pulumi")) return new OperationError("missing", "The Pulumi CLI is not there. First: npm run setup");
  if (/could not deserialize|unexpected end of JSON|invalid character|failed to load checkpoint/.test(text)) {
    return new OperationError(
      "engine",
      `The state of ${stage} cannot be read: ${lastError(text)}\nThe state before the last update is beside it, with the ending .bak; docs/state.md says how to put it back.`,
    );
  }
  const [, stray] = STRAY.exec(text) ?? [];
  if (stray !== undefined) {
    return new OperationError(
      "engine",
      `Container ${stray} is there and in no state: an update was killed while it made it. First: docker rm --force ${stray}; then: npx pulumi up --stack ${stage}`,
    );
  }
  return new OperationError("engine", explainCluster(text, stage) ?? lastError(text));
}

/** The engine's word for who holds a stack. */
const HOLDER = /created by (\S+) \(pid (\d+)\)/;

/** The Docker engine's word for a name that is taken. */
const STRAY = /container name \\?"\/([\w.-]+)\\?" is already in use/;

/** What the program itself said, out of the engine's report. */
function ownWords(text: string): string | null {
  const lines = text.split("\n");
  const first = lines.findIndex((line) => /^\s*error: (The config cannot be used|The cluster cannot be used|The gates refuse)/.test(line));
  if (first < 0) return null;
  const indent = /^\s*/.exec(lines[first] ?? "")?.[0] ?? "";
  const body: string[] = [];
  for (const line of lines.slice(first)) {
    if (line.trim() !== "" && !line.startsWith(indent)) break;
    if (/^(Resources|Outputs|Duration):/.test(line.trim())) break;
    body.push(line.slice(indent.length));
  }
  return body
    .join("\n")
    .replace(/^error: /, "")
    .trim();
}

function lastError(text: string): string {
  const lines = text.split("\n");
  const last = lines.findLastIndex((line) => /\berror: /.test(line) && !line.includes("update failed"));
  if (last < 0) return text.trim();
  // Several in one: each is on a line of its own below.
  const below = lines.slice(last + 1).filter((line) => /^\s+\d+\) /.test(line));
  return [lines[last] ?? "", ...below].map((line) => line.trim()).join("\n");
}
