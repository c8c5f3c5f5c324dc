/**
 * Starts the application as the README says, on an empty data folder, asks whether it is well, and stops it.
 *   node .ci/smoke.mjs <data folder>
 */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { basename } from 'node:path';

const START_TIMEOUT_MS = 120_000;
const STOP_TIMEOUT_MS = 25_000;

const port = await freePort();
const app = spawn('npm', ['start'], {
  env: {
    ...process.env,
    HOST: '127.0.0.1',
    PORT: String(port),
    TRIBUTARY_DATA_DIR: process.argv[2],
    TRIBUTARY_DEMO: 'off',
  },
  stdio: ['ignore', 'pipe', 'inherit'],
  // A process group of its own, so that nothing is left behind should it not stop.
  detached: true,
});
const exited = once(app, 'exit');
process.once('exit', killGroup);

try {
  const url = await within(START_TIMEOUT_MS, 'the ready line', readyUrl());
  const ready = await fetch(`${url}/health/ready`);
  assert.equal(ready.status, 200, '/health/ready');
  const openApi = await fetch(`${url}/api/openapi.json`);
  assert.equal(openApi.status, 200, '/api/openapi.json');
  const { openapi, paths } = await openApi.json();
  assert.match(openapi, /^3\.1\./, 'version of OpenAPI');
  assert.ok(Object.keys(paths).length > 0, 'OpenAPI lists no paths');
  process.kill(applicationPid(), 'SIGTERM');
  const [code, signal] = await within(STOP_TIMEOUT_MS, 'the end after SIGTERM', exited);
  assert.deepEqual({ code, signal }, { code: 0, signal: null }, 'end of the application');
  await assert.rejects(fetch(`${url}/health/ready`), 'it still answers after its end');
  console.log(`Smoke test passed: started, ready, ${Object.keys(paths).length} paths documented, stopped`);
} catch (error) {
  console.error(`Smoke test FAILED: ${error.message}`);
  process.exitCode = 1;
} finally {
  killGroup();
}

function readyUrl() {
  return new Promise((resolve, reject) => {
    let output = '';
    app.stdout.on('data', (chunk) => {
      process.stdout.write(chunk);
      output += chunk;
      const line = /^Tributary is ready at (\S+?)\/?$/m.exec(output);
      if (line) resolve(line[1]);
    });
    app.once('error', reject);
    exited.then(([code]) => reject(new Error(`it ended with code ${code}`)), reject);
  });
}

/** Not npm's own pid: npm passes a signal on to a shell, which may die of it without telling the application. */
function applicationPid() {
  const pid = readdirSync('/proc').find((name) => {
    if (!/^\d+$/.test(name)) return false;
    const [program, script] = readProc(name, 'cmdline').split('\0');
    const [, , processGroup] = readProc(name, 'stat')
      .replace(/^.*\) /, '')
      .split(' ');
    return (
      basename(program) === 'node' && script === 'dist/program/main.js' && Number(processGroup) === app.pid
    );
  });
  assert.ok(pid, 'the application is not among the processes');
  return Number(pid);
}

function readProc(pid, file) {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8');
  } catch {
    // It ended since the listing.
    return '';
  }
}

async function within(limitMs, what, promise) {
  let timer;
  const tooLate = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${what} did not come within ${limitMs / 1000} s`)), limitMs);
  });
  try {
    return await Promise.race([promise, tooLate]);
  } finally {
    clearTimeout(timer);
  }
}

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  return port;
}

function killGroup() {
  try {
    process.kill(-app.pid, 'SIGKILL');
  } catch {
    // It is gone already.
  }
}
