// The first step of every npm script: runs on Node.js 20 with nothing installed, gets the npm packages
// (Node.js 24 among them), then hands over to bin/sluice.mjs under Node.js 24.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const [job = "setup", ...args] = process.argv.slice(2);
const modules = join(root, "node_modules");
const lock = join(root, ".sluice", "setup.lock");

function fail(message) {
  throw new Error(message);
}

process.on("uncaughtException", (error) => {
  process.stderr.write(`${error.message}\n`);
  process.exit(1);
});

if (Number(process.versions.node.split(".")[0]) < 20) {
  fail(
    `Node.js ${process.versions.node} is too old: Sluice starts with 20 or newer, and brings 24 along. Get it from https://nodejs.org or with your version manager.`,
  );
}

/** Whether npm has installed what the lock file asks for: it writes what is there as the last thing that it does. */
function installed() {
  const own = join(modules, ".package-lock.json");
  if (!existsSync(own)) return false;
  const [wanted, there] = [join(root, "package-lock.json"), own].map((file) => JSON.parse(readFileSync(file, "utf8")).packages);
  return Object.entries(wanted).every(([path, { version, integrity, optional }]) => {
    if (path === "") return true;
    const found = there[path];
    return found === undefined ? optional === true : found.version === version && found.integrity === integrity;
  });
}

/** Holds the folder `lock` while a function runs; one that a dead process left behind is taken over. */
function holdingLock(task) {
  mkdirSync(dirname(lock), { recursive: true });
  let told = false;
  for (;;) {
    try {
      mkdirSync(lock);
      writeFileSync(join(lock, "pid"), String(process.pid));
      break;
    } catch (error) {
      if (error.code !== "EEXIST") throw error;
      const seen = identityOf(lock);
      if (!holderLives()) {
        takeAway(seen);
        continue;
      }
      if (!told) process.stderr.write("another set-up is at work here; waiting for it\n");
      told = true;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 200);
    }
  }
  try {
    task();
  } finally {
    rmSync(lock, { recursive: true, force: true });
  }
}

/** Takes a dead holder's lock away; one that someone else has made in its place meanwhile is put back, as in src/operations/stage-lock.ts. */
function takeAway(seen) {
  const aside = `${lock}.${process.pid}`;
  try {
    if (identityOf(lock) !== seen) return;
    renameSync(lock, aside);
    if (identityOf(aside) === seen) rmSync(aside, { recursive: true, force: true });
    else renameSync(aside, lock);
  } catch (error) {
    if (error.code !== "ENOENT") throw error;
  }
}

/** What tells a folder from another of the same name; null where there is none. */
function identityOf(path) {
  const found = statSync(path, { bigint: true, throwIfNoEntry: false });
  return found === undefined ? null : `${found.dev}:${found.ino}:${found.birthtimeNs}`;
}

function holderLives() {
  // The folder is made a moment before the number is written: give its maker that moment.
  for (let look = 0; look < 20; look += 1) {
    try {
      const pid = Number(readFileSync(join(lock, "pid"), "utf8"));
      if (pid > 0) {
        process.kill(pid, 0);
        return true;
      }
    } catch (error) {
      if (error.code === "ESRCH") return false;
      if (error.code === "EPERM") return true;
    }
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 50);
  }
  return false;
}

function installPackages() {
  if (installed()) return;
  process.stderr.write("npm packages: installing (npm ci)\n");
  const npm = runNpm("ci", "--ignore-scripts", "--no-audit", "--no-fund");
  if (npm.error) fail("npm was not found. It comes with Node.js: https://nodejs.org");
  if (npm.status !== 0) {
    fail(
      `npm ci ended with code ${npm.status}; its own words are above. Without a network, point npm at your mirror (npm config set registry ...), then run this again: what was downloaded is kept.`,
    );
  }
  // The one install script that Sluice needs: docs/dependencies.md. Where it fails, a Node.js 24 that is there does.
  runNpm("rebuild", "node", "--ignore-scripts=false", "--no-audit", "--no-fund");
}

function runNpm(...args) {
  return spawnSync("npm", [...args, "--loglevel=error"], { cwd: root, stdio: ["ignore", "inherit", "inherit"] });
}

/** Node.js 24: the npm package's, or the one that runs this where its install script could not run. */
function findNode() {
  const own = join(modules, ".bin", "node");
  const works = spawnSync(own, ["--version"], { encoding: "utf8" });
  if (works.status === 0 && works.stdout.startsWith("v24.")) return own;
  if (Number(process.versions.node.split(".")[0]) >= 24) return process.execPath;
  return fail(
    "Node.js 24 is missing: the npm package `node` could not run its install script. Run it once: npm rebuild node --ignore-scripts=false; or run this with Node.js 24.",
  );
}

if (job === "doctor" && !installed()) {
  fail("npm packages: missing or out of date, and with them Node.js 24.\n  way out: npm run setup");
}
if (!installed()) holdingLock(installPackages);
const node = findNode();
const env = { ...process.env, PATH: [dirname(node), join(modules, ".bin"), process.env.PATH].join(delimiter) };

function run(command, commandArgs) {
  const child = spawnSync(command, commandArgs, { cwd: root, env, stdio: "inherit" });
  if (child.error) fail(`cannot start ${command}: ${child.error.message}`);
  return child.status ?? 1;
}

const sluice = join(root, "bin", "sluice.mjs");
if (job !== "setup" && job !== "doctor") {
  const code = run(node, [sluice, "setup", "--quiet"]);
  if (code !== 0) process.exit(code);
}
const tests = job === "test" || job === "test:faults";
if (tests && run(node, [sluice, "setup", "--quiet", "--kubernetes"]) !== 0) {
  process.stderr.write("The tests against a Kubernetes cluster leave themselves out; why is said above.\n");
}
if (job === "test:faults") {
  env.SLUICE_FAULTS = "full";
  args.unshift("--project", "faults");
}
process.exit(tests ? run(join(modules, ".bin", "vitest"), ["run", ...args]) : run(node, [sluice, job, ...args]));
