import { readProject } from "../../operations/project.ts";
import { isVerified, type VerifyEvent, type VerifyReport } from "../../operations/verify/report.ts";
import { verifyStage } from "../../operations/verify/verify.ts";
import { EXIT } from "../exit-codes.ts";
import { printJson } from "../json.ts";

export interface VerifyOptions {
  readonly stage: string;
  /** Newcomers for each service that is split; 400 when left out. */
  readonly visitors?: number;
  readonly json?: true;
}

const VISITORS = 400;

/** Says whether real traffic does what the state says. @returns 0 only when everything that was asked does */
export async function verify(root: string, options: VerifyOptions): Promise<number> {
  const project = await readProject(root);
  const report = await verifyStage(project, options.stage, { visitors: options.visitors ?? VISITORS, onProgress: showProgress });
  if (process.stderr.isTTY) process.stderr.write("\r\u001b[K");
  if (options.json === true) printJson(report);
  else process.stdout.write(`${renderVerification(report)}\n`);
  return isVerified(report) ? EXIT.ok : EXIT.unproven;
}

/** One line a check, what failed in full. */
export function renderVerification(report: VerifyReport): string {
  const lines = report.checks.map(({ name, state, expected, found }) =>
    state === "fail"
      ? `fail       ${name}\n             expected: ${expected}\n             found: ${found}`
      : `${state.padEnd(9)}  ${name}: ${expected}: ${found}`,
  );
  const failed = report.checks.filter((check) => check.state === "fail").length;
  const notAsked = report.checks.filter((check) => check.state === "not asked").length;
  const asked = report.checks.length - notAsked;
  const end =
    failed === 0
      ? `${report.stage}: traffic does what update ${report.update} says, in all ${asked} checks`
      : `${report.stage}: traffic does NOT do what update ${report.update} says, in ${failed} of ${asked} checks`;
  return [...lines, notAsked === 0 ? end : `${end}; ${notAsked} not asked`].join("\n");
}

function showProgress(event: VerifyEvent): void {
  if (!process.stderr.isTTY) return;
  switch (event.kind) {
    case "checked":
      process.stderr.write(`\r\u001b[K${event.check.name}: ${event.check.state}`);
      return;
    case "visitors":
      process.stderr.write(`\r\u001b[K${event.service}: ${event.done} of ${event.of} visitors`);
      return;
    default: {
      const never: never = event;
      return never;
    }
  }
}
