import { Buffer } from 'node:buffer';
import fc from 'fast-check';
import { Webhook } from 'standardwebhooks';
import { describe, expect, it } from 'vitest';
import { SECRET_PREFIX, signatureHeaders } from './webhook-signature.js';

const secret = fc
  .uint8Array({ minLength: 24, maxLength: 64 })
  .map((bytes) => SECRET_PREFIX + Buffer.from(bytes).toString('base64'));
const message = fc.record({
  id: fc.uuid(),
  sentAt: fc.integer({ min: -60_000, max: 60_000 }).map((ms) => new Date(Date.now() + ms)),
  body: fc.json().map((json) => `{"data":${json}}`),
});

describe('B05 signatures', () => {
  it('are what the specification’s own library makes of any secret, id, time and body', () => {
    fc.assert(
      fc.property(secret, message, (key, sent) => {
        const headers = signatureHeaders([key], sent);
        const library = new Webhook(key);
        expect(headers['webhook-signature']).toBe(library.sign(sent.id, sent.sentAt, sent.body));
        expect(library.verify(sent.body, headers)).toEqual(JSON.parse(sent.body));
      }),
      { numRuns: 40 },
    );
  });

  it('hold for each of several secrets, and for no other; a changed body, id or time has none', () => {
    fc.assert(
      fc.property(fc.uniqueArray(secret, { minLength: 3, maxLength: 3 }), message, (keys, sent) => {
        const [current, previous, stranger] = keys as [string, string, string];
        const headers = signatureHeaders([current, previous], sent);
        const verify = (key: string, body = sent.body, changed = {}) =>
          new Webhook(key).verify(body, { ...headers, ...changed });
        for (const key of [current, previous]) {
          verify(key);
          expect(() => verify(key, `${sent.body} `)).toThrow('No matching signature');
          expect(() => verify(key, sent.body, { 'webhook-id': `${sent.id}0` })).toThrow();
          const other = String(Number(headers['webhook-timestamp']) + 1);
          expect(() => verify(key, sent.body, { 'webhook-timestamp': other })).toThrow();
        }
        expect(() => verify(stranger)).toThrow('No matching signature');
      }),
      { numRuns: 20 },
    );
  });
});
