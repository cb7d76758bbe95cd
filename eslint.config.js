import tseslint from "typescript-eslint";

export default tseslint.config(
  { ignores: ["node_modules", ".sluice", ".state", "*.js", "*.cjs", "tools", "bin/*.mjs", "policy/index.mjs", "src/cli/board/assets"] },
  ...tseslint.configs.strictTypeChecked,
  {
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      "@typescript-eslint/consistent-type-assertions": ["error", { assertionStyle: "never" }],
      "@typescript-eslint/no-floating-promises": "error",
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
      "@typescript-eslint/switch-exhaustiveness-check": ["error", { considerDefaultExhaustiveForUnions: true }],
      "@typescript-eslint/no-confusing-void-expression": ["error", { ignoreArrowShorthand: true }],
      "@typescript-eslint/prefer-promise-reject-errors": "off",
      "@typescript-eslint/require-await": "off",
    },
  },
  {
    files: ["src/operations/demo/**", "src/operations/serve/**"],
    rules: {
      // `running` and `closed` are changed by callbacks, which the rule does not see.
      "@typescript-eslint/no-unnecessary-condition": "off",
    },
  },
  {
    // Grafana reads dashboards from files and ConfigMaps in the form that the SDK calls deprecated.
    files: ["src/monitoring/dashboards/panels.ts"],
    rules: { "@typescript-eslint/no-deprecated": "off" },
  },
  {
    files: ["test/**"],
    rules: {
      "@typescript-eslint/no-unsafe-assignment": "off",
      "@typescript-eslint/no-unsafe-member-access": "off",
    },
  },
);
