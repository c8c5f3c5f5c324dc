/**
 * Prints the closing line and ends with 1 when anything failed.
 *   node .ci/summary.mjs <Vitest's JSON report> <number of failed steps>
 */
import { existsSync, readFileSync } from 'node:fs';

const [report, failedSteps] = process.argv.slice(2);
const tests = existsSync(report)
  ? JSON.parse(readFileSync(report, 'utf8'))
  : { numPassedTests: 0, numFailedTests: 0 };
// A step can fail without a failed test: a gate before the tests, a file that does not load, the smoke test.
const failed = Math.max(tests.numFailedTests, Number(failedSteps));
console.log(`${tests.numPassedTests} passed, ${failed} failed`);
process.exitCode = failed === 0 && tests.numPassedTests > 0 ? 0 : 1;
