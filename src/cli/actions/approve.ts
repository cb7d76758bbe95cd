import { approve as writeApproval } from "../../operations/approve.ts";
import { EXIT } from "../exit-codes.ts";
import { warn } from "../warn.ts";

export interface ApproveOptions {
  readonly stage: string;
  readonly to: number;
  readonly reason?: string;
}

/** Writes an approval down. */
export async function approve(root: string, flag: string, options: ApproveOptions): Promise<number> {
  const { approval, path, warnings } = await writeApproval(root, options.stage, flag, options.to, options.reason ?? null);
  process.stdout.write(`${approval.by} approves ${flag} in ${options.stage} up to ${approval.exposure} per cent, in ${path}; commit it\n`);
  warn(warnings);
  return EXIT.ok;
}
