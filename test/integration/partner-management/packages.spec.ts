import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createTestApp, type TestApp } from '../../support/app.js';
import { body, joinAsPartner, type Person, signIn } from '../../support/journey.js';
import { outboxDelivered } from '../../support/outbox.js';
import { makeProgram, type Program } from '../../support/program.js';
import { codeOf } from '../identity/scene.js';

interface Usage {
  limit: string;
  used: number;
  most: number | null;
}

let app: TestApp;
let operator: Person;
let program: Program;
let partner: Person;
let number = 0;

beforeAll(async () => {
  app = await createTestApp();
  operator = await signIn(app, 'admin@example.com', 'correct horse battery');
  program = await makeProgram(operator);
});
afterAll(() => app.close());
beforeEach(async () => {
  number += 1;
  operator = await operator.signInAgain();
});

const PRICE = { amount: '10.00', currency: 'EUR' };

async function offer(kind: 'packages' | 'add-ons', terms: object): Promise<string> {
  const offering = { name: `${kind} ${(number += 1)}`, price: PRICE, ...terms };
  return body<{ id: string }>(await operator.post(`operator/${kind}`, offering), 201).id;
}

/** A partner on a package with those terms. */
async function joined(terms: object): Promise<string> {
  const packageId = await offer('packages', terms);
  partner = await joinAsPartner(app, operator, `limited${number}@example.com`, { packageId });
  return packageId;
}

const makeCampaign = (name = 'Autumn') =>
  partner.post('partner/campaigns', { name, brandId: program.brandId, commissionPlanId: program.planId });

const invite = (name: string) =>
  partner.post('partner/users', { email: `${name}${number}@example.com`, name, role: 'manager' });

async function usage(limit: string): Promise<Usage> {
  const { usage: all } = body<{ usage: Usage[] }>(await partner.get('partner/packages'), 200);
  return all.find((one) => one.limit === limit)!;
}

async function addOn(terms: object): Promise<{ id: string; requestId: string }> {
  const id = await offer('add-ons', terms);
  const asked = await partner.post('partner/requests', { type: 'add_on', addOnId: id });
  return { id, requestId: body<{ id: string }>(asked, 201).id };
}

const approve = (id: string) => operator.post(`operator/add-on-requests/${id}/approve`);

describe('O01 packages', () => {
  it('without limits allow everything, as the one of old does', async () => {
    await joined({});
    expect(body(await partner.get('partner/packages'), 200)).toMatchObject({
      own: { limits: { campaigns: null, teamMembers: null }, features: { advertising: true } },
      usage: expect.arrayContaining([{ limit: 'campaigns', used: 0, most: null }]),
    });
    body(await makeCampaign(), 201);
  });

  it('give 10 campaigns of 50 asked for at once, when their limit is 10', async () => {
    await joined({ limits: { campaigns: 10 } });
    const answers = await Promise.all(Array.from({ length: 50 }, (_, i) => makeCampaign(`Campaign ${i}`)));
    const made = answers.filter(({ status }) => status === 201);
    expect(made).toHaveLength(10);
    const refused = answers.filter(({ status }) => status !== 201);
    expect(refused.map(codeOf)).toEqual(Array(40).fill('422 LIMIT_REACHED'));
    expect(refused[0]!.body).toMatchObject({
      limit: 'campaigns',
      most: 10,
      used: 10,
      package: expect.stringContaining('packages'),
      errors: [{ path: 'campaigns' }],
    });
    expect(await usage('campaigns')).toEqual({ limit: 'campaigns', used: 10, most: 10 });

    // An archived one makes room, and comes back only as far as there is some.
    const { id } = made[0]!.body as { id: string };
    body(await partner.post(`partner/campaigns/${id}/archive`), 200);
    body(await makeCampaign(), 201);
    expect(codeOf(await partner.post(`partner/campaigns/${id}/unarchive`))).toBe('422 LIMIT_REACHED');
  });

  it('limit the team: who is blocked makes room, and comes back only as far as there is some', async () => {
    await joined({ limits: { teamMembers: 2 } });
    const bob = body<{ id: string }>(await invite('bob'), 201);
    expect(codeOf(await invite('eve'))).toBe('422 LIMIT_REACHED');
    body(await partner.post(`partner/users/${bob.id}/block`), 200);
    const answers = await Promise.all(['carl', 'dora', 'emil', 'fred'].map(invite));
    expect(answers.map(codeOf).sort()).toEqual(['201 OK', ...Array(3).fill('422 LIMIT_REACHED')]);
    expect(codeOf(await partner.post(`partner/users/${bob.id}/unblock`))).toBe('422 LIMIT_REACHED');
  });

  it('that allow less from now on keep what stands and refuse more; the partner is told', async () => {
    const packageId = await joined({ limits: { campaigns: 3 } });
    for (const name of ['One', 'Two']) body(await makeCampaign(name), 201);
    const changed = await operator.patch(`operator/packages/${packageId}`, { limits: { campaigns: 1 } });
    expect(body(changed, 200)).toMatchObject({ limits: { campaigns: 1, channels: null } });
    expect(await usage('campaigns')).toEqual({ limit: 'campaigns', used: 2, most: 1 });
    expect(codeOf(await makeCampaign())).toBe('422 LIMIT_REACHED');
    expect(body<{ items: object[] }>(await partner.get('partner/campaigns'), 200).items).toHaveLength(2);

    await outboxDelivered(app);
    const { items } = body<{ items: object[] }>(await partner.get('partner/events?limit=1'), 200);
    expect(items).toMatchObject([{ type: 'package_terms_changed', actor: { kind: 'operator' } }]);
    const audit = await operator.get(`operator/audit-log?subjectId=${packageId}`);
    expect(body<{ items: object[] }>(audit, 200).items[0]).toMatchObject({
      action: 'package.change',
      before: { limits: { campaigns: 3 } },
      after: { limits: { campaigns: 1 } },
    });
  });

  it('are archived but for the default one; who has one keeps it, and nobody asks for it', async () => {
    const packageId = await joined({});
    body(await operator.post(`operator/packages/${packageId}/archive`), 200);
    expect(codeOf(await operator.post(`operator/packages/${packageId}/archive`))).toBe(
      '409 OFFERING_ARCHIVED',
    );
    const shown = body<{ own: object; items: { id: string }[] }>(await partner.get('partner/packages'), 200);
    expect(shown.own).toMatchObject({ id: packageId, state: 'archived' });
    expect(shown.items.map(({ id }) => id)).not.toContain(packageId);
    const standard = shown.items[0]!.id;
    expect(codeOf(await operator.post(`operator/packages/${standard}/archive`))).toBe(
      '409 PACKAGE_IS_DEFAULT',
    );
  });

  it('are made the default one for sign-ups, one at a time, also when two are at once', async () => {
    const ids = await Promise.all([1, 2, 3].map(() => offer('packages', {})));
    const makeDefault = (id: string) => operator.post(`operator/packages/${id}/make-default`);
    const answers = await Promise.all(ids.map(makeDefault));
    expect(answers.map(codeOf)).toEqual(Array(3).fill('200 OK'));
    const { items } = body<{ items: { id: string; isDefault: boolean }[] }>(
      await operator.get('operator/packages'),
      200,
    );
    const [winner, ...more] = items.filter(({ isDefault }) => isDefault).map(({ id }) => id);
    expect(more).toEqual([]);
    expect(ids).toContain(winner);

    const newcomer = await joinAsPartner(app, operator, `newcomer${number}@example.com`);
    expect(body(await newcomer.get('partner/packages'), 200)).toMatchObject({ own: { id: winner } });
    const other = ids.find((id) => id !== winner)!;
    body(await operator.post(`operator/packages/${other}/archive`), 200);
    expect(codeOf(await makeDefault(other))).toBe('409 OFFERING_ARCHIVED');
    const audit = await operator.get(`operator/audit-log?subjectId=${winner}`);
    expect(body<{ items: object[] }>(audit, 200).items[0]).toMatchObject({
      action: 'package.make_default',
      before: { isDefault: false },
      after: { isDefault: true },
    });
    // It gives way, and may be archived then.
    const [standard] = items;
    body(await makeDefault(standard!.id), 200);
    body(await operator.post(`operator/packages/${winner}/archive`), 200);
  });

  it.each([
    { limits: { campaigns: -1 } },
    { limits: { campaigns: 1.5 } },
    { limits: { campaigns: '3' } },
    { limits: { planets: 3 } },
    { features: { advertising: null } },
    { name: null },
    { isDefault: true },
  ])('are not changed by %j', async (change) => {
    const id = await offer('packages', {});
    expect((await operator.patch(`operator/packages/${id}`, change)).status).toBe(400);
  });
});

describe('O03 add-ons', () => {
  it('add to the package once they are approved, each once', async () => {
    await joined({ limits: { campaigns: 1 }, features: { advertising: false } });
    body(await makeCampaign(), 201);
    const { id, requestId } = await addOn({ limits: { campaigns: 2 }, features: { advertising: true } });
    expect(codeOf(await makeCampaign())).toBe('422 LIMIT_REACHED');
    expect(codeOf(await partner.post('partner/requests', { type: 'add_on', addOnId: id }))).toBe(
      '409 REQUEST_PENDING',
    );

    const mails = (await app.mailbox(partner.email)).length;
    const answers = await Promise.all(Array.from({ length: 10 }, () => approve(requestId)));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, ...Array<number>(9).fill(409)]);
    expect((await app.mailbox(partner.email)).slice(mails)).toMatchObject([
      { subject: 'Your add-on request is approved' },
    ]);
    expect(await usage('campaigns')).toEqual({ limit: 'campaigns', used: 1, most: 3 });
    expect(body(await partner.get('partner/packages'), 200)).toMatchObject({
      features: { advertising: true },
    });
    body(await makeCampaign(), 201);
    const { items } = body<{ items: { id: string }[] }>(await partner.get('partner/add-ons'), 200);
    expect(items.find((one) => one.id === id)).toMatchObject({ owned: 1, requested: false });
  });

  it('wait in a list with who asks, and are rejected with a description that is mailed', async () => {
    await joined({});
    const { requestId } = await addOn({});
    const pending = await operator.get(`operator/add-on-requests?partner=limited${number - 1}`);
    expect(body<{ items: object[] }>(pending, 200).items).toMatchObject([
      {
        id: requestId,
        type: 'add_on',
        partnerStatus: 'active',
        price: PRICE,
        email: partner.email,
        packageId: null,
      },
    ]);
    expect(codeOf(await operator.post(`operator/add-on-requests/${requestId}/reject`))).toBe(
      '400 VALIDATION_FAILED',
    );
    expect(codeOf(await operator.post(`operator/partnership-requests/${requestId}/approve`))).toBe(
      '404 NOT_FOUND',
    );
    const description = 'Use what you have first';
    body(await operator.post(`operator/add-on-requests/${requestId}/reject`, { description }), 200);
    expect((await app.mailbox(partner.email)).at(-1)).toMatchObject({
      subject: 'Your add-on request was declined',
      text: expect.stringContaining(description),
    });
    const history = await operator.get('operator/request-history?type=add_on&state=rejected');
    expect(body<{ items: object[] }>(history, 200).items[0]).toMatchObject({
      type: 'add_on',
      rejectionDescription: description,
    });
  });

  it('are for active partners: none is given to a suspended one', async () => {
    await joined({});
    const { requestId } = await addOn({});
    const { partnerId } = body<{ partnerId: string }>(await partner.get('me'), 200);
    body(await operator.post(`operator/partners/${partnerId}/suspend`, { reason: 'Asked to' }), 200);
    expect(codeOf(await approve(requestId))).toBe('409 PARTNER_STATE_CONFLICT');
    body(await operator.post(`operator/partners/${partnerId}/reactivate`), 200);
    body(await approve(requestId), 200);
  });

  it('of other names and kinds than there are, are not asked for', async () => {
    await joined({});
    const ask = (payload: object) => partner.post('partner/requests', payload);
    const id = await offer('add-ons', {});
    body(await operator.post(`operator/add-ons/${id}/archive`), 200);
    expect(codeOf(await ask({ type: 'add_on', addOnId: id }))).toBe('422 VALIDATION_FAILED');
    for (const wrong of [{ type: 'add_on' }, { type: 'ad' }, { type: 'add_on', addOnId: 'x' }, {}]) {
      expect(codeOf(await ask(wrong))).toBe('400 VALIDATION_FAILED');
    }
  });

  it('are what the type says; a field of the other type is refused by its name', async () => {
    await joined({});
    const ask = (payload: object) => partner.post('partner/requests', payload);
    const [packageId, addOnId] = [await offer('packages', {}), await offer('add-ons', {})];
    for (const [other, wrong] of [
      ['addOnId', { type: 'partnership', packageId, addOnId }],
      ['addOnId', { type: 'partnership', packageId, addOnId: 'x' }],
      ['packageId', { type: 'add_on', addOnId, packageId }],
    ] as const) {
      const answer = await ask(wrong);
      expect(codeOf(answer)).toBe('400 VALIDATION_FAILED');
      expect(answer.body).toMatchObject({ errors: [{ path: other }] });
    }
    const title = async (payload: object) => body<{ type: string }>(await ask(payload), 201).type;
    expect(await title({ type: 'partnership', packageId, addOnId: null })).toBe('partnership');
    expect(await title({ type: 'add_on', addOnId, packageId: null })).toBe('add_on');
  });
});
