/**
 * Runs an npm script at the lowest priority: it takes the time that what runs beside it leaves. Called by npm.
 *   node scripts/quietly.mjs checks
 */
import { spawnSync } from 'node:child_process';
import { constants, setPriority } from 'node:os';

setPriority(constants.priority.PRIORITY_LOW);
const { npm_execpath: npm, npm_node_execpath: node = process.execPath } = process.env;
const { status } = spawnSync(node, [npm, 'run', process.argv[2]], { stdio: 'inherit' });
process.exitCode = status ?? 1;
