import { type Child, withoutSecrets } from "../../../src/operations/serve/child.ts";
import { startGuardedChild } from "../../../src/operations/serve/guarded-child.ts";

/** Programs that are killed rather than ended: nothing that they might still write is needed. They end with this process at the latest. */
export interface Programs {
  readonly start: (command: readonly string[]) => Child;
  /** What all of them last said. */
  readonly lastWords: () => string;
  readonly kill: (child: Child) => Promise<void>;
  readonly killAll: () => Promise<void>;
}

/** How many lines are kept. */
const KEPT = 100;

export function gatherPrograms(cwd: string): Programs {
  const words: string[] = [];
  const running = new Set<Child>();
  const kill = async (child: Child): Promise<void> => {
    // The program is in the process group of its guard.
    if (running.has(child)) process.kill(-child.pid, "SIGKILL");
    await child.ended;
  };
  return {
    start(command) {
      const onLine = (line: string): void => {
        words.push(line);
        if (words.length > KEPT) words.shift();
      };
      const child = startGuardedChild(command, { cwd, env: withoutSecrets(process.env), onLine });
      running.add(child);
      void child.ended.then(() => running.delete(child));
      return child;
    },
    lastWords: () => words.join("\n"),
    kill,
    async killAll() {
      await Promise.all([...running].map(kill));
    },
  };
}
