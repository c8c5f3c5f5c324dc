import type { Response } from 'supertest';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createTestApp, type TestApp } from '../../support/app.js';
import { body } from '../../support/journey.js';
import { outboxDelivered } from '../../support/outbox.js';
import {
  activePartner,
  type Authenticator,
  Caller,
  codeOf,
  enableTwoFactor,
  joinTeam,
  login,
  open,
  type SignedIn,
} from './scene.js';

const ADMIN = { password: 'correct horse battery' };
const OLGA = 'olga@operators.example';
const NOBODY = '01920000-0000-7000-8000-00000000dead';
const reason = 'Lost the phone; called from the number we know';

let app: TestApp;
/** Has no two-factor authentication of its own. */
let admin: SignedIn;
/** An administrator who has, and entered a code just now. */
let olga: SignedIn;
let olgaId: string;
let authenticator: Authenticator;
let number = 0;
let email: string;
let partnerId: string;
let ann: SignedIn;
let annId: string;

const idOf = async ({ as }: SignedIn) => body<{ user: { id: string } }>(await as.get('me'), 200).user.id;
const reset = (id: string, as = olga.as): Promise<Response> =>
  as.post(`operator/users/${id}/2fa/reset`, { reason });

beforeAll(async () => {
  app = await createTestApp();
  admin = await open(app, 'admin@example.com', ADMIN);
  olgaId = await joinTeam(app, admin.as, OLGA, 'admin', 'operator/users');
  ({ authenticator } = await enableTwoFactor(app, await open(app, OLGA)));
});
afterAll(() => app.close());
beforeEach(async () => {
  number += 1;
  email = `ann${number}@example.com`;
  admin = await open(app, 'admin@example.com', ADMIN);
  olga = await open(app, OLGA, { otp: authenticator.freshCode() });
  partnerId = await activePartner(app, email);
  ann = await open(app, email);
  annId = await idOf(ann);
});

describe('A31 two-factor authentication that somebody lost', () => {
  it('is reset by an operator, with a mail, events, and every session ended', async () => {
    const { recoveryCodes } = await enableTwoFactor(app, ann);
    const elsewhere = await open(app, email, { otp: recoveryCodes[0] });
    expect(body(await reset(annId), 200)).toMatchObject({ id: annId, twoFactorEnabled: false });

    for (const { as, refreshToken } of [ann, elsewhere]) {
      expect(codeOf(await as.get('me'))).toBe('401 UNAUTHENTICATED');
      expect(codeOf(await new Caller(app).post('auth/refresh', { refreshToken }))).toBe(
        '401 UNAUTHENTICATED',
      );
    }
    expect(await app.db.query('SELECT FROM recovery_codes WHERE user_id = $1', [annId])).toEqual([]);
    const steppedUp = 'SELECT FROM sessions WHERE user_id = $1 AND stepped_up_at IS NOT NULL';
    expect(await app.db.query(steppedUp, [annId])).toEqual([]);
    const mail = (await app.mailbox(email)).at(-1)!;
    expect(mail.subject).toBe('Your two-factor authentication was reset');
    expect(mail.text).toContain(reason);

    const back = await open(app, email);
    expect(codeOf(await back.as.post('partner/cashouts'))).toBe('403 TWO_FACTOR_REQUIRED');
    await outboxDelivered(app);
    const { items } = body<{ items: object[] }>(await back.as.get('partner/events?limit=1'), 200);
    expect(items).toMatchObject([{ type: 'member_two_factor_reset', subjectId: annId }]);
    await enableTwoFactor(app, back);
  });

  it('is in the audit log with the reason, and without the address', async () => {
    await enableTwoFactor(app, ann);
    body(await reset(annId), 200);
    const entries = body<{ items: object[] }>(
      await admin.as.get(`operator/audit-log?subjectId=${annId}`),
      200,
    );
    expect(entries.items).toMatchObject([
      {
        action: 'user.two_factor_reset',
        partnerId,
        before: { twoFactorEnabled: true },
        after: { twoFactorEnabled: false, reason },
      },
    ]);
    expect(JSON.stringify(entries)).not.toContain(email);
  });

  it('is reset once of many at the same time, and only where there is one', async () => {
    expect(codeOf(await reset(annId))).toBe('409 TWO_FACTOR_STATE');
    await enableTwoFactor(app, ann);
    const answers = await Promise.all(Array.from({ length: 5 }, () => reset(annId)));
    expect(answers.map(codeOf).sort()).toEqual(['200 OK', ...Array(4).fill('409 TWO_FACTOR_STATE')]);
    expect(codeOf(await reset(NOBODY))).toBe('404 NOT_FOUND');
  });

  it('needs a reason', async () => {
    for (const payload of [{}, { reason: ' ' }, { reason: 5 }, { reason: 'x'.repeat(501) }]) {
      const answer = await olga.as.post(`operator/users/${annId}/2fa/reset`, payload);
      expect(codeOf(answer)).toBe('400 VALIDATION_FAILED');
      expect(answer.body.errors[0].path).toBe('reason');
    }
  });

  it('takes a code of the operator’s own, of the last 300 seconds', async () => {
    expect(codeOf(await reset(annId, admin.as))).toBe('403 TWO_FACTOR_REQUIRED');
    await enableTwoFactor(app, ann);
    app.clock.advance(301);
    const stale = await new Caller(app).post('auth/refresh', { refreshToken: olga.refreshToken });
    const refreshed = new Caller(app, body<SignedIn>(stale, 200).accessToken);
    expect(codeOf(await reset(annId, refreshed))).toBe('401 STEP_UP_REQUIRED');
    body(await refreshed.post('auth/step-up', { code: authenticator.freshCode() }), 200);
    body(await reset(annId, refreshed), 200);
  });

  it('is reset by nobody for themself; administrators reset each other’s', async () => {
    expect(codeOf(await reset(olgaId))).toBe('409 OWN_ACCOUNT');
    const other = 'otto@operators.example';
    const id = await joinTeam(app, admin.as, other, 'admin', 'operator/users');
    await enableTwoFactor(app, await open(app, other));
    body(await reset(id), 200);
    expect((await login(app, other)).status).toBe(200);
  });

  it.each(['manager', 'finance', 'support'])('is not reset by an operator who is %s', async (role) => {
    const colleague = `${role}@operators.example`;
    await joinTeam(app, admin.as, colleague, role, 'operator/users');
    const signedIn = await open(app, colleague);
    await enableTwoFactor(app, signedIn);
    expect(codeOf(await reset(annId, signedIn.as))).toBe('403 PERMISSION_DENIED');
  });
});
