import fc from 'fast-check';
import type { Response } from 'supertest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TRANSITIONS } from '../../../src/partner-management/domain/social-account.js';
import { createTestApp, type TestApp } from '../../support/app.js';
import { body } from '../../support/journey.js';
import { outboxDelivered } from '../../support/outbox.js';
import { type Caller, codeOf, open, SIGN_UP } from '../identity/scene.js';
import { codeFor, type Creator, creatorWith } from './social-scene.js';

interface Account {
  id: string;
  platform: string;
  handle: string;
  state: string;
  rejectionReason: string | null;
}

let app: TestApp;
let operator: Caller;
let creators = 0;

beforeAll(async () => {
  app = await createTestApp();
  operator = (await open(app, 'admin@example.com', { password: 'correct horse battery' })).as;
});
afterAll(() => app.close());

/** Somebody who signed up with the account. */
function creator(handle = `creator${creators + 1}`, platform = 'tiktok'): Promise<Creator> {
  creators += 1;
  return creatorWith(app, `creator${creators}@example.com`, { platform, handle });
}

async function accountOf(as: Caller): Promise<Account> {
  const { items } = body<{ items: [Account] }>(await as.get('partner/social-accounts'), 200);
  expect(items).toHaveLength(1);
  return items[0];
}

const request = ({ as, accountId }: Creator) => as.post(`partner/social-accounts/${accountId}/verification`);
const verify = ({ accountId }: Creator, code: string): Promise<Response> =>
  operator.post(`operator/social-accounts/${accountId}/verify`, { code });
const reject = ({ accountId }: Creator, reason = 'No message came.'): Promise<Response> =>
  operator.post(`operator/social-accounts/${accountId}/reject`, { reason });

const stateOf = async (who: Creator) => (await accountOf(who.as)).state;
const subjects = async ({ email }: Creator) => (await app.mailbox(email)).map(({ subject }) => subject);

describe('T08 social account verification', () => {
  it('unverified → pending → verified by the code that came in a message', async () => {
    const ann = await creator('@Ann.Reviews');
    expect(await accountOf(ann.as)).toMatchObject({
      platform: 'tiktok',
      handle: 'ann.reviews',
      state: 'unverified',
    });

    const asked = body<{ code: string; socialAccount: Account }>(await request(ann), 200);
    expect(asked.code).toMatch(/^[2-9A-HJ-NP-Z]{8}$/);
    expect(asked.socialAccount).toMatchObject({ id: ann.accountId, state: 'pending' });
    const waiting = await operator.get('operator/social-accounts?state=pending');
    const { items } = body<{ items: Account[] }>(waiting, 200);
    expect(items.at(-1)).toMatchObject({
      id: ann.accountId,
      handle: 'ann.reviews',
      partnerName: SIGN_UP.name,
    });
    // An operator learns the code from the message alone.
    expect(waiting.text).not.toContain(asked.code);

    const decided = await verify(ann, ` ${asked.code.toLowerCase().replace(/(....)/, '$1-')} `);
    expect(body(decided, 200)).toMatchObject({ state: 'verified' });
    expect(await stateOf(ann)).toBe('verified');
    expect(body(await ann.as.get('partner/profile'), 200)).toMatchObject({
      socialAccounts: [{ id: ann.accountId, state: 'verified' }],
    });
    expect(await subjects(ann)).toContain('Your social account is verified');
  });

  it('pending → rejected with a reason that is mailed; another try is allowed', async () => {
    const ann = await creator();
    const code = await codeFor(ann);
    body(await reject(ann, 'The message came from another account.'), 200);
    expect(await accountOf(ann.as)).toMatchObject({
      state: 'rejected',
      rejectionReason: 'The message came from another account.',
    });
    const mail = (await app.mailbox(ann.email)).at(-1);
    expect(mail?.subject).toBe('Your social account was not verified');
    expect(mail?.text).toContain('The message came from another account.');

    const fresh = await codeFor(ann);
    expect(await accountOf(ann.as)).toMatchObject({ state: 'pending', rejectionReason: null });
    expect(codeOf(await verify(ann, code))).toBe('422 INVALID_CODE');
    body(await verify(ann, fresh), 200);
  });

  it('is told in the partner’s event log and in the audit log', async () => {
    const ann = await creator();
    body(await verify(ann, await codeFor(ann)), 200);
    await outboxDelivered(app);
    const events = body<{ items: { type: string; data: object }[] }>(
      await ann.as.get('partner/events?limit=2'),
      200,
    );
    expect(events.items.map(({ type }) => type)).toEqual([
      'social_account_verified',
      'social_account_verification_requested',
    ]);
    const audit = await operator.get(`operator/audit-log?subjectId=${ann.accountId}`);
    expect(body<{ items: object[] }>(audit, 200).items).toMatchObject([
      { action: 'social_account.verified', before: { state: 'pending' }, after: { state: 'verified' } },
    ]);
  });

  it('a wrong code or the one before the last: 422, and it goes on waiting', async () => {
    const ann = await creator();
    const first = await codeFor(ann);
    const second = await codeFor(ann);
    for (const code of ['AAAAAAAA', first, '', ' ', '%', 'x'.repeat(64)]) {
      const answer = await verify(ann, code);
      expect([400, 422]).toContain(answer.status);
      expect(answer.body.errors[0].path).toBe('code');
    }
    expect(await stateOf(ann)).toBe('pending');
    body(await verify(ann, second), 200);
  });

  it('another account’s code does not verify this one', async () => {
    const [ann, bob] = [await creator(), await creator()];
    const [, code] = [await codeFor(ann), await codeFor(bob)];
    expect(codeOf(await verify(ann, code))).toBe('422 INVALID_CODE');
  });

  it('keeps only a hash of the code', async () => {
    const ann = await creator();
    const code = await codeFor(ann);
    const stored = JSON.stringify([
      await app.db.query('SELECT * FROM social_accounts'),
      await app.db.query('SELECT * FROM event_log'),
    ]);
    expect(stored).not.toContain(code);
  });

  it('decided once: 409 for the second decision, and for one that nobody asked for', async () => {
    const ann = await creator();
    expect(codeOf(await verify(ann, 'AAAAAAAA'))).toBe('409 SOCIAL_ACCOUNT_STATE');
    expect(codeOf(await reject(ann))).toBe('409 SOCIAL_ACCOUNT_STATE');
    const code = await codeFor(ann);
    body(await verify(ann, code), 200);
    expect(codeOf(await verify(ann, code))).toBe('409 SOCIAL_ACCOUNT_STATE');
    expect(codeOf(await reject(ann))).toBe('409 SOCIAL_ACCOUNT_STATE');
    expect(codeOf(await request(ann))).toBe('409 SOCIAL_ACCOUNT_STATE');
    expect(await stateOf(ann)).toBe('verified');
  });

  it('of many decisions at once one counts, and is mailed once', async () => {
    const ann = await creator();
    const code = await codeFor(ann);
    const answers = await Promise.all(
      Array.from({ length: 10 }, (_, i) => (i % 2 ? verify(ann, code) : reject(ann))),
    );
    expect(answers.map(codeOf).sort()).toEqual([
      '200 OK',
      ...Array<string>(9).fill('409 SOCIAL_ACCOUNT_STATE'),
    ]);
    expect(await subjects(ann)).toHaveLength(2);
  });

  it('one account is verified by one partner, also in a race; both may claim it', async () => {
    const [ann, bob] = [await creator('@famous'), await creator('Famous ')];
    const codes = [await codeFor(ann), await codeFor(bob)] as const;
    const answers = await Promise.all([verify(ann, codes[0]), verify(bob, codes[1])]);
    expect(answers.map(codeOf).sort()).toEqual(['200 OK', '409 SOCIAL_ACCOUNT_TAKEN']);
    expect([await stateOf(ann), await stateOf(bob)].sort()).toEqual(['pending', 'verified']);
    const elsewhere = await creator('famous', 'youtube');
    body(await verify(elsewhere, await codeFor(elsewhere)), 200);
  });

  it('another partner’s account, and one that is nowhere: 404', async () => {
    const [ann, bob] = [await creator(), await creator()];
    expect(codeOf(await request({ ...ann, accountId: bob.accountId }))).toBe('404 NOT_FOUND');
    expect(await stateOf(bob)).toBe('unverified');
    const nowhere = { ...ann, accountId: '01920000-0000-7000-8000-00000000dead' };
    expect(codeOf(await request(nowhere))).toBe('404 NOT_FOUND');
    expect(codeOf(await verify(nowhere, 'AAAAAAAA'))).toBe('404 NOT_FOUND');
    expect(codeOf(await reject(nowhere))).toBe('404 NOT_FOUND');
  });

  it('lists by state, page by page', async () => {
    const ids: string[] = [];
    let cursor: string | null = null;
    do {
      const page: { items: Account[]; nextCursor: string | null } = body(
        await operator.get(
          `operator/social-accounts?state=verified&limit=2${cursor ? `&cursor=${cursor}` : ''}`,
        ),
        200,
      );
      expect(page.items.every(({ state }) => state === 'verified')).toBe(true);
      ids.push(...page.items.map(({ id }) => id));
      cursor = page.nextCursor;
    } while (cursor);
    const all = body<{ items: Account[] }>(
      await operator.get('operator/social-accounts?state=all&limit=200'),
      200,
    );
    expect(ids).toEqual(all.items.filter(({ state }) => state === 'verified').map(({ id }) => id));
    const answer = await operator.get('operator/social-accounts?state=famous');
    expect([answer.status, answer.body.errors[0].path]).toEqual([400, 'state']);
  });

  it('any sequence of what partner and operator do follows the table of transitions', async () => {
    const actions = fc.array(fc.constantFrom('request', 'verify', 'reject'), { maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(actions, async (sequence) => {
        const ann = await creator();
        let expected = 'unverified';
        let code = 'AAAAAAAA';
        for (const action of sequence) {
          const { from, to } = TRANSITIONS[action];
          const allowed = (from as readonly string[]).includes(expected);
          const answer = await { request, reject, verify: () => verify(ann, code) }[action](ann);
          expect(answer.status).toBe(allowed ? 200 : 409);
          if (allowed) expected = to;
          if (allowed && action === 'request') code = answer.body.code as string;
          expect(await stateOf(ann)).toBe(expected);
        }
      }),
      { numRuns: 8 },
    );
  });
});
