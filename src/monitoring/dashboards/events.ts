import { FACTS } from "../facts.ts";
import { quote } from "../promql.ts";
import type { Event } from "./panels.ts";

const OPERATIONS = [
  { name: "Rollbacks", operations: "rollback", color: "orange" },
  { name: "Kills", operations: "kill", color: "red" },
  { name: "Revivals", operations: "revive", color: "green" },
  { name: "Promotions", operations: "promote|step", color: "purple" },
] as const;

/** Updates of a stage and what operations did. @param flag only what was done to it or to the whole stage; null for all */
export function stageEvents(stage: string, flag: string | null): Event[] {
  const about = flag === null ? "" : `, flag=~"${flag}|"`;
  return [
    { name: "Updates", selector: `${FACTS.update.name}{stage=${quote(stage)}}`, labels: FACTS.update.labels, color: "blue", text: "pulumi up" },
    ...OPERATIONS.map(({ name, operations, color }) => ({
      name,
      selector: `${FACTS.operation.name}{stage=${quote(stage)}, operation=~"${operations}"${about}}`,
      labels: FACTS.operation.labels,
      color,
      text: "{{operation}} {{flag}}",
    })),
  ];
}
