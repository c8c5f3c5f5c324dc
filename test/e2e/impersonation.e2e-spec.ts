import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestApp, type TestApp } from '../support/app.js';
import { body, type Calls, impersonate, joinAsPartner, type Person, signIn } from '../support/journey.js';
import { makeProgram } from '../support/program.js';

interface LogEntry {
  kind: string;
  action: string;
  operator: { name: string; role: string };
  impersonation: { reason: string; startedAt: string; endsAt: string; endedAt: string | null } | null;
  after: Record<string, unknown> | null;
}

const REASON = 'Ann asked on the phone for help with her first campaign.';

/** A partner asks for help; an operator does the work in its place, and the partner sees all of it afterwards. */
describe('O09 B11 an operator in a partner’s place', () => {
  let app: TestApp;
  let operator: Person;
  let partner: Person;
  let partnerId: string;
  let acting: Calls;
  let campaignId: string;

  beforeAll(async () => {
    app = await createTestApp();
    operator = await signIn(app, 'admin@example.com', 'correct horse battery');
    partner = await joinAsPartner(app, operator, 'ann@example.com');
  });
  afterAll(() => app.close());

  it('the operator finds the partner and begins to impersonate it, with a reason', async () => {
    const found = await operator.get('operator/partners?state=active&name=ann');
    const { items } = body<{ items: { id: string }[] }>(found, 200);
    partnerId = items[0]!.id;
    acting = await impersonate(app, operator, partnerId, REASON);
    const me = body<Record<string, unknown>>(await acting.get('me'), 200);
    expect(me).toMatchObject({
      user: { email: 'ann@example.com' },
      realm: 'partner',
      role: 'owner',
      partnerId,
      impersonating: true,
      impersonation: { reason: REASON, endsAt: '2026-11-02T09:30:00.000Z' },
    });
  });

  it('the partner is told by mail at once', async () => {
    const mail = (await app.mailbox('ann@example.com')).at(-1)!;
    expect(mail.subject).toBe('An operator acts in your account');
    expect(mail.text).toContain(REASON);
    expect(mail.text).toContain('until 2 November 2026, 09:30 UTC at the latest');
  });

  it('the operator makes a campaign, which is the partner’s', async () => {
    const { brandId, planId } = await makeProgram(operator);
    const campaign = { name: 'First', brandId, commissionPlanId: planId };
    campaignId = body<{ id: string }>(await acting.post('partner/campaigns', campaign), 201).id;
    expect((await partner.get(`partner/campaigns/${campaignId}`)).body).toMatchObject({ name: 'First' });
  });

  it('it sees the wallet and is refused the money, the sign-in and its own office', async () => {
    expect((await acting.get('partner/wallet')).status).toBe(200);
    const refusals = [
      await acting.post('partner/cashouts', {}),
      await acting.post('partner/payment-methods', {}),
      await acting.post('auth/2fa/setup'),
      await acting.get('auth/sessions'),
      await acting.get('me/statistic-token'),
      await acting.post(`operator/partners/${partnerId}/impersonate`, { reason: 'Once more.' }),
    ];
    expect(refusals.map((answer) => [answer.status, (answer.body as { code: string }).code])).toEqual([
      ...Array.from({ length: 5 }, () => [403, 'NOT_WHILE_IMPERSONATING']),
      [403, 'PERMISSION_DENIED'],
    ]);
  });

  it('the operator exits and is itself again', async () => {
    app.clock.advance(240);
    body(await acting.post('operator/impersonation/exit'), 200);
    expect((await acting.get('me')).status).toBe(401);
    expect(body<Record<string, unknown>>(await operator.get('me'), 200)).toMatchObject({
      user: { email: 'admin@example.com' },
      realm: 'operator',
      impersonating: false,
    });
    const mail = (await app.mailbox('ann@example.com')).at(-1)!;
    expect(mail.subject).toBe('An operator has left your account');
    expect(mail.text).toContain('Changes made: 1.');
  });

  it('the partner reads who was there, when, why, and what was done; also what operators do as themselves', async () => {
    body(await operator.post(`operator/partners/${partnerId}/suspend`, { reason: 'Asked to' }), 200);
    body(await operator.post(`operator/partners/${partnerId}/reactivate`), 200);
    const { items } = body<{ items: LogEntry[] }>(await partner.get('partner/impersonation-log'), 200);
    expect(items.map(({ kind, action }) => [kind, action])).toEqual([
      ['change', 'partner.reactivate'],
      ['change', 'partner.suspend'],
      ['end', 'impersonation.end'],
      ['write', 'impersonation.write'],
      ['start', 'impersonation.start'],
      ['change', 'partnership_request.approve'],
    ]);
    const write = items[3]!;
    expect(write).toMatchObject({
      operator: { role: 'admin' },
      impersonation: {
        reason: REASON,
        startedAt: '2026-11-02T09:00:00.000Z',
        endedAt: '2026-11-02T09:04:00.000Z',
      },
      after: { method: 'POST', path: '/api/v1/partner/campaigns', resultId: campaignId },
    });
    expect(JSON.stringify(items)).not.toContain('admin@example.com');
  });

  it('the program’s audit log names both', async () => {
    const query = 'operator/audit-log?action=impersonation.write';
    const { items } = body<{ items: Record<string, unknown>[] }>(await operator.get(query), 200);
    expect(items).toMatchObject([
      { actorEmail: 'ann@example.com', impersonatorEmail: 'admin@example.com', partnerId },
    ]);
    expect(items[0]!['requestId']).toEqual(expect.any(String));
  });
});
