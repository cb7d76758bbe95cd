import { readPending } from "../../operations/pending.ts";
import { EXIT } from "../exit-codes.ts";
import { printJson } from "../json.ts";

/** Prints one line a promotion, the flag and its aim in per cent, such as a script can read. */
export async function pending(root: string, stage: string, json: boolean): Promise<number> {
  const promotions = await readPending(root, stage);
  if (json) printJson({ stage, promotions });
  else process.stdout.write(promotions.map(({ flag, to }) => `${flag} ${to}\n`).join(""));
  return EXIT.ok;
}
