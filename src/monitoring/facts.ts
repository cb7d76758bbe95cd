/** A metric of `sluice metrics`: facts of a stage that Traefik does not have. */
export interface Fact {
  readonly name: string;
  readonly type: "gauge" | "counter";
  readonly labels: readonly string[];
  readonly help: string;
}

/** Every metric of `sluice metrics`; names and units by the conventions of Prometheus. */
export const FACTS = {
  read: fact("sluice_facts_timestamp_seconds", ["stage"], "When the facts of the stage were read, in seconds since 1970."),
  readable: fact(
    "sluice_stage_readable",
    ["stage"],
    "1 where everything of the stage could be read, 0 where something could not; what is missing then is not known.",
  ),
  deployed: fact("sluice_stage_deployed", ["stage"], "1 where the stage is deployed."),
  drifted: fact("sluice_stage_drifted_resources", ["stage"], "Files, containers and objects of a cluster that are not what the state says."),
  standingKills: fact("sluice_stage_standing_kills", ["stage"], "Kills that no update has taken up yet."),
  halfDone: fact("sluice_stage_update_half_done", ["stage"], "1 where the newest update failed after it had begun to change something."),
  traefik: fact("sluice_stage_traefik_reachable", ["stage"], "1 where the API of the stage's Traefik takes connections."),
  updates: { ...fact("sluice_stage_updates_total", ["stage"], "Updates in the history of the stage."), type: "counter" },
  update: fact("sluice_stage_update_timestamp_seconds", ["stage"], "When the newest successful update ended, in seconds since 1970."),
  operation: fact(
    "sluice_operation_timestamp_seconds",
    ["stage", "flag", "operation"],
    "When an operation on the flag last ended, in seconds since 1970; without a flag where it was on the whole stage.",
  ),
  info: fact("sluice_flag_info", ["stage", "flag", "owner"], "1 for each flag; says who owns it."),
  exposure: fact("sluice_flag_exposure_ratio", ["stage", "flag"], "Share of visitors for whom the flag is on as deployed, 0 to 1."),
  since: fact("sluice_flag_exposure_timestamp_seconds", ["stage", "flag"], "Since when the flag has had its exposure, in seconds since 1970."),
  killed: fact("sluice_flag_killed", ["stage", "flag"], "1 where a kill keeps the flag off."),
  settled: fact("sluice_flag_settled", ["stage", "flag"], "1 where the flag is settled, so that the way back does not stay warm."),
  soak: fact("sluice_flag_soak_remaining_seconds", ["stage", "flag"], "How long the flag must still stay fully on before the next stage may raise it."),
  expiry: fact("sluice_flag_expiry_timestamp_seconds", ["stage", "flag"], "When the last day of the flag ends, in seconds since 1970."),
  drillDue: fact(
    "sluice_flag_drill_due_timestamp_seconds",
    ["stage", "flag"],
    "Until when the last rehearsed rollback counts for a flag that is under way, in seconds since 1970; 0 where none was rehearsed.",
  ),
} as const satisfies Record<string, Fact>;

export type FactName = keyof typeof FACTS;

function fact<const Labels extends readonly string[]>(name: string, labels: Labels, help: string) {
  return { name, type: "gauge", labels, help } as const;
}
