import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { signatureHeaders } from '../../../src/postbacks/delivery/webhook-signature.js';
import { freePort } from '../../support/free-port.js';

const PROJECT = join(import.meta.dirname, '../../..');
const SECRET = `whsec_${Buffer.alloc(32, 5).toString('base64')}`;

let example: ChildProcess;
let url: string;
let output = '';

/** Posts a message to the example; waits until it listens. */
async function post(id: string, body: string, signed = body): Promise<number> {
  const headers = signatureHeaders([SECRET], { id, sentAt: new Date(), body: signed });
  for (;;) {
    const answer = await fetch(url, { method: 'POST', headers, body }).catch(() => null);
    if (answer) return answer.status;
    if (example.exitCode !== null) throw new Error(output);
  }
}

beforeAll(async () => {
  const text = readFileSync(join(PROJECT, 'docs/webhooks.md'), 'utf8');
  const code = /```js\n([^]*?)```/.exec(text)![1]!;
  const port = await freePort();
  url = `http://127.0.0.1:${port}`;
  const env = { ...process.env, WEBHOOK_SECRET: SECRET, PORT: String(port) };
  example = spawn(process.execPath, ['--input-type=module', '--eval', code], { cwd: PROJECT, env });
  for (const stream of [example.stdout!, example.stderr!])
    stream.on('data', (chunk) => (output += String(chunk)));
});
afterAll(() => example.kill());

it('B05 the example for receivers verifies messages, takes each once and refuses what was tampered with', async () => {
  const body = '{"type":"bill.approved","timestamp":"2026-10-31T10:00:00.000Z","data":{"billId":"b-1"}}';
  expect(await post('e-1', body)).toBe(204);
  expect(await post('e-1', body)).toBe(204);
  expect(await post('e-2', body.replace('b-1', 'b-2'), body)).toBe(400);
  expect(await post('e-3', body)).toBe(204);
  expect(output).toBe('bill.approved {"billId":"b-1"}\n'.repeat(2));
});
