import { execFile } from "node:child_process";
import { userInfo } from "node:os";

/** Milliseconds that git may take to say who works here. */
const GIT_LIMIT = 2_000;
const LONGEST = 120;

/**
 * Who runs this, as the environment says: `SLUICE_ACTOR`, else `GITHUB_ACTOR`, else git's `user.email` in
 * the project's folder, else the system's user name. It is a statement, not a proof of identity.
 * @returns one line of at most 120 characters; `unknown` where nothing says who
 */
export async function readActor(root: string): Promise<string> {
  const said = [process.env["SLUICE_ACTOR"], process.env["GITHUB_ACTOR"]].map(clean).find((name) => name !== "");
  if (said !== undefined) return said;
  const email = clean(await gitEmail(root));
  if (email !== "") return email;
  const user = clean(systemUser());
  return user === "" ? "unknown" : user;
}

function clean(name: string | undefined): string {
  return (name ?? "")
    .replace(/[\p{Cc}\p{Cf}\s]+/gu, " ")
    .trim()
    .slice(0, LONGEST);
}

function gitEmail(root: string): Promise<string> {
  return new Promise((resolve) => {
    execFile("git", ["config", "user.email"], { cwd: root, timeout: GIT_LIMIT, windowsHide: true }, (error, stdout) => resolve(error === null ? stdout : ""));
  });
}

/** A container's user may have no name. */
function systemUser(): string | undefined {
  try {
    return userInfo().username;
  } catch {
    return process.env["USER"];
  }
}
