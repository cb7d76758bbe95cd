import type { Catalog } from "../model/catalog.ts";
import type { Fault } from "../model/fault.ts";
import { type StageSettings, settingOf } from "../model/settings.ts";
import { unknownKey } from "./schema-faults.ts";

/** A stage's settings, apart from where it runs. */
type Settings = Omit<StageSettings, "target">;

/** What no schema can say of a stage: its settings fit the catalogue and each other. */
export function stageFaults(catalog: Catalog, settings: Settings, plainKeys: readonly string[]): Fault[] {
  const faults: Fault[] = [];
  if (!catalog.stages.includes(settings.stage)) {
    const fault = unknownKey(`stack ${settings.stage}`, settings.stage, catalog.stages);
    faults.push({ ...fault, found: "is no stage of the catalogue", wayOut: "select a stage with `pulumi stack select`, or add it to catalog.stages" });
  }
  faults.push(
    ...settingFaults(catalog, settings),
    ...killFaults(catalog, settings),
    ...namedFlagFaults(catalog, "overrides", settings.overrides),
    ...namedFlagFaults(catalog, "approvals", settings.approvals),
    ...approvalFaults(catalog, settings),
    ...differsFaults(settings),
    ...secretFaults(settings, plainKeys),
  );
  return faults;
}

function settingFaults(catalog: Catalog, settings: Settings): Fault[] {
  const known = Object.keys(catalog.flags);
  return Object.entries(settings.flags).flatMap(([flag, setting]) => {
    const path = `flags.${flag}`;
    const definition = catalog.flags[flag];
    if (definition === undefined) return [unknownKey(path, flag, known)];
    const faults: Fault[] = [];
    if (setting.exposure !== 0 && !catalog.steps.includes(setting.exposure)) {
      faults.push({
        path,
        found: `has exposure ${setting.exposure}, which is no step`,
        allowed: `0, ${catalog.steps.join(", ")}`,
        wayOut: `pulumi config set --path 'flags.${flag}' ${nearestStep(catalog.steps, setting.exposure)}`,
      });
    }
    if (setting.settled && setting.exposure !== 100) {
      faults.push({ path: `${path}.settled`, found: `is true at exposure ${setting.exposure}`, allowed: "true only at exposure 100", wayOut: null });
    }
    for (const other of definition.requires) {
      const required = settingOf(settings, other);
      if (setting.testers && !required.testers && required.exposure < 100) {
        faults.push({
          path: `${path}.testers`,
          found: `is true, but requires ${other}, which testers do not have`,
          allowed: `true once ${other} has testers, or is on for everyone`,
          wayOut: `pulumi config set --path 'flags.${other}.testers' true`,
        });
      }
      const reached = settingOf(settings, other).exposure;
      if (reached < setting.exposure) {
        faults.push({
          path,
          found: `has exposure ${setting.exposure}, but requires ${other}, which is at ${reached}`,
          allowed: `at most ${reached}`,
          wayOut: `pulumi config set --path 'flags.${other}' ${setting.exposure}`,
        });
      }
    }
    return faults;
  });
}

function nearestStep(steps: readonly number[], exposure: number): number {
  return [0, ...steps].reduce((best, step) => (Math.abs(step - exposure) < Math.abs(best - exposure) ? step : best), 0);
}

function killFaults(catalog: Catalog, settings: Settings): Fault[] {
  return Object.entries(settings.kill).flatMap(([flag, kill]) => {
    const definition = catalog.flags[flag];
    if (definition === undefined) return [unknownKey(`kill.${flag}`, flag, Object.keys(catalog.flags))];
    if (kill === true) return [];
    const routes = Object.keys(definition.routes);
    return kill.filter((route) => !routes.includes(route)).map((route) => unknownKey(`kill.${flag}: ${route}`, route, routes));
  });
}

function approvalFaults(catalog: Catalog, settings: Settings): Fault[] {
  return Object.entries(settings.approvals)
    .filter(([, { exposure }]) => !catalog.steps.includes(exposure))
    .map(([flag, { exposure }]) => ({
      path: `approvals.${flag}.exposure`,
      found: `is ${exposure}, which is no step`,
      allowed: catalog.steps.join(", "),
      wayOut: null,
    }));
}

function namedFlagFaults(catalog: Catalog, key: string, byFlag: Readonly<Record<string, unknown>>): Fault[] {
  const flags = Object.keys(catalog.flags);
  return Object.keys(byFlag)
    .filter((flag) => !flags.includes(flag))
    .map((flag) => unknownKey(`${key}.${flag}`, flag, flags));
}

/** What two stages can differ in, apart from how far a flag is on. */
const COMPARED = [
  ...["target", "flags", "kill", "overrides", "approvals", "prometheus", "monitoring", "webhook", "testerSecret"],
  ...["local", "docker", "kubernetes", "catalog"],
];

function differsFaults(settings: Settings): Fault[] {
  return Object.keys(settings.differs).flatMap((path) => {
    const [first = ""] = path.split(".");
    return COMPARED.includes(first) ? [] : [unknownKey(`differs: ${path}`, first, COMPARED)];
  });
}

function secretFaults(settings: Settings, plainKeys: readonly string[]): Fault[] {
  const command = (key: string): string => `pulumi config set --secret ${key}`;
  const given = [...(settings.hasTesterSecret ? ["testerSecret"] : []), ...(settings.hasWebhook ? ["webhook"] : [])];
  const faults: Fault[] = given
    .filter((key) => plainKeys.includes(key))
    .map((key) => ({
      path: key,
      found: "is stored in plain text",
      allowed: "a secret",
      wayOut: `${command(key)}, with a new value: the old one is in the file`,
    }));
  const wanting = Object.entries(settings.flags).find(([, setting]) => setting.testers);
  if (wanting !== undefined && !settings.hasTesterSecret) {
    faults.push({
      path: `flags.${wanting[0]}.testers`,
      found: "is true, but the stage has no tester secret",
      allowed: "true once testerSecret is set",
      wayOut: command("testerSecret"),
    });
  }
  return faults;
}
