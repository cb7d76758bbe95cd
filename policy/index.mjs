// Pulumi compiles a pack that begins with TypeScript by a compiler of its own; Node.js 24 runs what this imports.
import "./pack.ts";
