/** Imports run one way; docs/architecture.md draws it. */
const onlyTo = (name, from, allowed) => ({
  name,
  severity: "error",
  from: { path: from },
  to: { path: "^src/", pathNot: [from, ...allowed].join("|") },
});

module.exports = {
  forbidden: [
    { name: "no-circular", severity: "error", from: {}, to: { circular: true } },
    { name: "no-orphans", severity: "error", from: { orphan: true, pathNot: "\\.d\\.ts$|^bin/|index\\.ts$|^src/cli/board/assets/" }, to: {} },
    onlyTo("model-imports-nothing", "^src/model/", []),
    onlyTo("plan-imports-model", "^src/plan/", ["^src/model/"]),
    onlyTo("config-imports-model-and-what-gates-ask", "^src/config/", [
      "^src/model/",
      "^src/plan/(stage-record|check-gates|gate|freeze)\\.ts$",
      "^src/pulumi\\.ts$",
    ]),
    onlyTo("traefik-imports-plan", "^src/traefik/", ["^src/plan/", "^src/model/"]),
    onlyTo("flagd-imports-plan", "^src/flagd/", ["^src/plan/", "^src/model/"]),
    onlyTo("targets-import-documents", "^src/targets/", [
      "^src/traefik/",
      "^src/flagd/",
      "^src/plan/",
      "^src/model/",
      "^src/files/",
      "^src/net/",
      "^src/pulumi\\.ts$",
    ]),
    onlyTo("analysis-imports-model", "^src/analysis/", ["^src/model/"]),
    onlyTo("operations-import-no-targets", "^src/operations/", [
      "^src/plan/",
      "^src/model/",
      "^src/config/",
      "^src/traefik/",
      "^src/flagd/",
      "^src/analysis/",
      "^src/files/",
      "^src/net/",
    ]),
    onlyTo("setup-imports-operations", "^src/setup/", ["^src/operations/"]),
    onlyTo("leaves-import-nothing", "^src/(files|net)/", []),
    { name: "program-imports-no-operations", severity: "error", from: { path: "^index\\.ts$" }, to: { path: "^src/(operations|cli|setup)/" } },
    { name: "cli-imports-no-targets", severity: "error", from: { path: "^src/cli/" }, to: { path: "^src/(targets|traefik|flagd)/" } },
    {
      name: "board-pages-only-render",
      severity: "error",
      from: { path: "^src/cli/board/", pathNot: "/(app|serve-board|assets)\\.ts$" },
      to: { dependencyTypes: ["core"] },
    },
    {
      name: "pulumi-at-the-edges-only",
      severity: "error",
      from: { path: "^(src|index)", pathNot: "^src/pulumi\\.ts$|^src/targets/local/provider/" },
      to: { path: "node_modules/@pulumi/" },
    },
    {
      name: "pure-parts-touch-nothing",
      severity: "error",
      from: { path: "^src/(model|plan|analysis|traefik|flagd)/|^src/config/(parse|schema|schema-faults|catalog-rules|stage-rules|generate)\\.ts$" },
      to: { dependencyTypes: ["core"], pathNot: "^crypto$|^node:crypto$" },
    },
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.json" },
    enhancedResolveOptions: { exportsFields: ["exports"], conditionNames: ["import", "require", "node", "default"], extensions: [".ts", ".js", ".json"] },
  },
};
