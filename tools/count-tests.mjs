// Says what of the tests was left out, and as its last line how many passed, failed and were skipped; ends with 0 only where none failed.
import { readFileSync } from "node:fs";
import { relative } from "node:path";

const { numPassedTests, numFailedTests, numPendingTests, numTodoTests, success, testResults } = JSON.parse(readFileSync(process.argv[2], "utf8"));
const leftOut = testResults.flatMap(({ name, assertionResults }) => {
  const count = assertionResults.filter(({ status }) => status !== "passed" && status !== "failed").length;
  return count === 0 ? [] : [`${relative(process.cwd(), name)} (${count === assertionResults.length ? "all" : `${count} of ${assertionResults.length}`})`];
});
if (leftOut.length > 0) console.log(`left out: ${leftOut.join(", ")}`);
console.log(`${numPassedTests} passed, ${numFailedTests} failed, ${numPendingTests + numTodoTests} skipped`);
process.exitCode = success ? 0 : 1;
