import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createTestApp, type TestApp } from '../../support/app.js';
import { body, joinAsPartner, type Person, signIn } from '../../support/journey.js';
import { outboxDelivered } from '../../support/outbox.js';
import { codeOf } from '../identity/scene.js';

interface Request {
  id: string;
  subjectId: string;
  state: string;
  title: string;
  price: { amount: string; currency: string };
}

let app: TestApp;
let operator: Person;
let goldId: string;
let partner: Person;
let partnerId: string;
let number = 0;

beforeAll(async () => {
  app = await createTestApp();
  operator = await signIn(app, 'admin@example.com', 'correct horse battery');
  const gold = { name: 'Gold', price: { amount: '99.00', currency: 'EUR' } };
  goldId = body<{ id: string }>(await operator.post('operator/packages', gold), 201).id;
});
afterAll(() => app.close());
beforeEach(async () => {
  number += 1;
  operator = await operator.signInAgain();
  partner = await joinAsPartner(app, operator, `asks${number}@example.com`);
  ({ partnerId } = body<{ partnerId: string }>(await partner.get('me'), 200));
});

const ask = (who: Person = partner, packageId = goldId) =>
  who.post('partner/requests', { type: 'partnership', packageId, description: 'We have grown' });

const decide = (kind: string, id: string, payload?: object) =>
  operator.post(`operator/${kind}-requests/${id}/${payload ? 'reject' : 'approve'}`, payload);

async function packageOf(): Promise<string> {
  const shown = await operator.get(`operator/partners/${partnerId}`);
  return body<{ packageName: string }>(shown, 200).packageName;
}

/** Types of what the partner's event log tells, newest first. */
async function events(): Promise<string[]> {
  await outboxDelivered(app);
  const { items } = body<{ items: { type: string }[] }>(await partner.get('partner/events?limit=3'), 200);
  return items.map(({ type }) => type);
}

describe('O01 another package', () => {
  it('is asked for by an active partner, who keeps the old one until the decision', async () => {
    const asked = body<Request>(await ask(), 201);
    expect(asked).toMatchObject({
      type: 'partnership',
      subjectId: goldId,
      title: 'Gold',
      state: 'pending',
      price: { amount: '99.00', currency: 'EUR' },
      description: 'We have grown',
    });
    expect(await packageOf()).toBe('Standard');

    const shown = body(await operator.get(`operator/partnership-requests/${asked.id}`), 200);
    expect(shown).toMatchObject({
      partnerId,
      partnerStatus: 'active',
      packageId: goldId,
      packageName: 'Gold',
    });
    expect(body(await decide('partnership', asked.id), 200)).toMatchObject({ state: 'approved' });
    expect(await packageOf()).toBe('Gold');
    expect((await events()).sort()).toEqual(['package_changed', 'request_approved', 'request_opened']);

    const { items } = body<{ items: object[] }>(
      await operator.get(`operator/audit-log?subjectId=${partnerId}`),
      200,
    );
    expect(items[0]).toMatchObject({
      action: 'partner.change_package',
      before: { packageId: expect.not.stringMatching(goldId) },
      after: { packageId: goldId },
    });
    expect(codeOf(await ask())).toBe('422 VALIDATION_FAILED');
  });

  it('stays what it is when it is rejected, and may be asked for again', async () => {
    const { id } = body<Request>(await ask(), 201);
    body(await decide('partnership', id, { description: 'Not enough visits' }), 200);
    expect(await packageOf()).toBe('Standard');
    expect((await events())[0]).toBe('request_rejected');
    expect((await app.mailbox(partner.email)).at(-1)).toMatchObject({
      subject: 'Your request for another package was declined',
      text: expect.stringContaining(
        'we cannot accept your request for another package "Gold":\n\nNot enough visits',
      ),
    });
    body(await ask(), 201);
  });

  it('is one request at a time, of 20 at once too', async () => {
    const answers = await Promise.all(Array.from({ length: 20 }, () => ask()));
    expect(answers.map(codeOf).sort()).toEqual(['201 OK', ...Array(19).fill('409 REQUEST_PENDING')]);
    const { items } = body<{ items: Request[] }>(await partner.get('partner/requests?state=pending'), 200);
    expect(items).toHaveLength(1);
  });

  it('is none that there is not, and no suspended partner’s', async () => {
    expect(codeOf(await ask(partner, randomUUID()))).toBe('422 VALIDATION_FAILED');
    expect(codeOf(await ask(partner, 'gold'))).toBe('400 VALIDATION_FAILED');
    body(await operator.post(`operator/partners/${partnerId}/suspend`, { reason: 'Asked to' }), 200);
    expect(codeOf(await ask())).toBe('409 PARTNER_STATE_CONFLICT');
  });
});

describe('O01 a request taken back', () => {
  it('is cancelled once, and decided no more', async () => {
    const { id } = body<Request>(await ask(), 201);
    const before = (await app.mailbox(partner.email)).length;
    const answers = await Promise.all(
      Array.from({ length: 10 }, (_, i) =>
        i % 2 ? partner.post(`partner/requests/${id}/cancel`) : decide('partnership', id),
      ),
    );
    const winner = answers.findIndex(({ status }) => status === 200);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, ...Array<number>(9).fill(409)]);
    expect(await packageOf()).toBe(winner % 2 ? 'Standard' : 'Gold');
    expect(await app.mailbox(partner.email)).toHaveLength(before + (winner % 2 ? 0 : 1));
  });

  it('is told of in the history, where nobody decided it', async () => {
    const { id } = body<Request>(await ask(), 201);
    body(await partner.post(`partner/requests/${id}/cancel`), 200);
    const { items } = body<{ items: object[] }>(
      await operator.get(`operator/request-history?partnerId=${partnerId}&state=cancelled&type=partnership`),
      200,
    );
    expect(items).toMatchObject([{ title: 'Gold', state: 'cancelled', decidedBy: null }]);
    expect((await events())[0]).toBe('request_cancelled');
  });

  it('is nobody else’s', async () => {
    const { id } = body<Request>(await ask(), 201);
    const other = await joinAsPartner(app, operator, `other${number}@example.com`);
    expect(codeOf(await other.post(`partner/requests/${id}/cancel`))).toBe('404 NOT_FOUND');
    expect(body<{ items: Request[] }>(await other.get('partner/requests'), 200).items).toHaveLength(1);
  });
});

describe('O07 what was decided', () => {
  it('stays: the database refuses to change or delete it', async () => {
    const { id } = body<Request>(await ask(), 201);
    body(await decide('partnership', id), 200);
    const change = (what: string) => app.db.query(`UPDATE partner_requests SET ${what} WHERE id = $1`, [id]);
    await expect(change(`state = 'pending', decided_at = NULL, decided_by = NULL`)).rejects.toThrow(
      'decided once',
    );
    await expect(change('price_minor = 1')).rejects.toThrow('do not change');
    await expect(app.db.query('DELETE FROM partner_requests WHERE id = $1', [id])).rejects.toThrow(
      'not deleted',
    );
  });
});
