import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Accounts } from '../../../src/identity/index.js';
import { Passwords } from '../../../src/identity/index.js';
import { UnitOfWork } from '../../../src/platform/index.js';
import { createTestApp, type TestApp } from '../../support/app.js';
import { body, PASSWORD } from '../../support/journey.js';
import { outboxDelivered } from '../../support/outbox.js';
import { activePartner, type Caller, codeOf, open, signUp } from '../identity/scene.js';

let app: TestApp;
let partnerId: string;
let ann: Caller;
let bob: Caller;

beforeAll(async () => {
  app = await createTestApp();
  partnerId = await activePartner(app, 'ann@example.com');
  await signUp(app, 'bob@example.com');
  ann = (await open(app, 'ann@example.com')).as;
  bob = (await open(app, 'bob@example.com')).as;
});
afterAll(() => app.close());

async function teammate(role: string): Promise<Caller> {
  const passwordHash = await app.app.get(Passwords).hashNew(PASSWORD);
  const email = `${role}@example.com`;
  await app.app.get(UnitOfWork).run((tx) =>
    app.app.get(Accounts).register(tx, {
      email,
      passwordHash,
      name: role,
      realm: 'partner',
      role,
      partnerId,
      active: true,
      emailVerified: true,
    }),
  );
  return (await open(app, email)).as;
}

const CHANGES = {
  name: 'Ann & Co.',
  phone: '+4930123456',
  website: 'https://ann.example',
  description: "Robert'); DROP TABLE partners; --",
  legalName: 'Ann Reviews GmbH',
  taxNumber: 'DE123456789',
  street: 'Hauptstraße 1',
  postalCode: '10115',
  city: 'Berlin',
};

describe('A22 partner profile', () => {
  it('shows what was told at sign-up', async () => {
    expect(body(await ann.get('partner/profile'), 200)).toMatchObject({
      id: partnerId,
      name: 'Ann Reviews',
      kind: 'affiliate',
      state: 'active',
      country: 'DE',
      legalName: null,
      socialAccounts: [],
    });
  });

  it('changes each field alone or all, and `null` removes what may be missing', async () => {
    expect(body(await ann.patch('partner/profile', CHANGES), 200)).toMatchObject(CHANGES);
    expect(body(await ann.patch('partner/profile', { city: 'Köln' }), 200)).toMatchObject({
      ...CHANGES,
      city: 'Köln',
    });
    const { name, ...removable } = CHANGES;
    const removed = Object.fromEntries(Object.keys(removable).map((field) => [field, null]));
    expect(body(await ann.patch('partner/profile', removed), 200)).toMatchObject({ ...removed, name });
    expect(body(await ann.patch('partner/profile', {}), 200)).toMatchObject({ ...removed, name });
  });

  it('is told in the event log by the names of the fields, not by their values', async () => {
    body(await ann.patch('partner/profile', { taxNumber: 'DE987654321', street: 'Nebenweg 2' }), 200);
    await outboxDelivered(app);
    const { items } = body<{ items: object[] }>(await ann.get('partner/events'), 200);
    expect(items[0]).toMatchObject({
      type: 'profile_changed',
      subjectType: 'partner',
      subjectId: partnerId,
      data: { changed: ['taxNumber', 'street'] },
    });
  });

  it('operators see it', async () => {
    body(await ann.patch('partner/profile', CHANGES), 200);
    const operator = await open(app, 'admin@example.com', { password: 'correct horse battery' });
    expect(body(await operator.as.get(`operator/partners/${partnerId}`), 200)).toMatchObject(CHANGES);
  });

  it('is one’s own: another partner’s stays as it is, and a partner that waits may change its own', async () => {
    const before = body(await ann.get('partner/profile'), 200);
    expect(body(await bob.patch('partner/profile', { name: 'Bob' }), 200)).toMatchObject({
      name: 'Bob',
      state: 'pending',
    });
    expect(body(await ann.get('partner/profile'), 200)).toEqual(before);
  });

  it('owners and managers change it, others read it', async () => {
    for (const [role, answer] of [
      ['manager', '200 OK'],
      ['finance', '403 PERMISSION_DENIED'],
      ['analyst', '403 PERMISSION_DENIED'],
    ] as const) {
      const member = await teammate(role);
      expect(codeOf(await member.patch('partner/profile', { city: 'Ulm' }))).toBe(answer);
      body(await member.get('partner/profile'), 200);
    }
  });
});

describe('T08 what is fixed after sign-up', () => {
  it.each([
    ['country', 'FR'],
    ['country', 'DE'],
    ['country', null],
    ['socialAccounts', []],
  ])('%s = %j is refused with the reason, and nothing is changed', async (field, value) => {
    const before = body(await ann.get('partner/profile'), 200);
    const answer = await ann.patch('partner/profile', { name: 'Forged', [field]: value });
    expect(codeOf(answer)).toBe('422 FIXED_AFTER_SIGN_UP');
    expect(answer.body.errors).toEqual([
      {
        path: field,
        message: 'was given before and cannot be changed; write to us if it is wrong',
      },
    ]);
    expect(body(await ann.get('partner/profile'), 200)).toEqual(before);
  });

  it('a social account is given once by those who signed up without one, and is then verified like others', async () => {
    const given = await Promise.all(
      ['ann', 'ann.too'].map((handle) =>
        ann.patch('partner/profile', { socialAccount: { platform: 'tiktok', handle: `@${handle}` } }),
      ),
    );
    expect(given.map(codeOf).sort()).toEqual(['200 OK', '422 FIXED_AFTER_SIGN_UP']);
    const { socialAccounts } = body<{ socialAccounts: [{ id: string }] }>(
      given.find(({ status }) => status === 200)!,
      200,
    );
    expect(socialAccounts).toMatchObject([{ platform: 'tiktok', state: 'unverified' }]);
    const { path } = given.find(({ status }) => status === 422)!.body.errors[0];
    expect(path).toBe('socialAccount');
    const { items } = body<{ items: object[] }>(await ann.get('partner/events'), 200);
    expect(items[0]).toMatchObject({ type: 'profile_changed', data: { changed: ['socialAccount'] } });
    body(await ann.post(`partner/social-accounts/${socialAccounts[0].id}/verification`), 200);
    expect(body(await bob.get('partner/profile'), 200)).toMatchObject({ socialAccounts: [] });
  });

  it.each([
    [{ platform: 'tiktok', handle: '@' }, '422 VALIDATION_FAILED', 'socialAccount.handle'],
    [{ platform: 'myspace', handle: 'bob' }, '400 VALIDATION_FAILED', 'socialAccount.platform'],
    [null, '400 VALIDATION_FAILED', 'socialAccount'],
  ])('a social account of %j is refused by name', async (socialAccount, code, path) => {
    const answer = await bob.patch('partner/profile', { socialAccount });
    expect(codeOf(answer)).toBe(code);
    expect(answer.body.errors[0].path).toBe(path);
  });

  it.each([
    ['state', 'active'],
    ['kind', 'channel'],
    ['id', '01920000-0000-7000-8000-000000000001'],
    ['partnerId', '01920000-0000-7000-8000-000000000001'],
    ['packageId', '01920000-0000-7000-8000-000000000001'],
    ['approvedAt', '2026-01-01T00:00:00Z'],
    ['balance', { amount: '1.00', currency: 'EUR' }],
    ['inviterCode', 'ANN-1'],
    ['name', null],
    ['name', ' '],
    ['phone', '030 123456'],
    ['website', 'javascript:alert(1)'],
    ['website', 'https://'],
    ['description', 'x'.repeat(2001)],
    ['description', '   '],
    ['legalName', ''],
    ['taxNumber', 'x'.repeat(51)],
    ['street', ['a']],
    ['postalCode', 10115],
  ])('%s = %j is refused by name', async (field, value) => {
    const before = body(await ann.get('partner/profile'), 200);
    const answer = await ann.patch('partner/profile', { city: 'Forged', [field]: value });
    expect(codeOf(answer)).toBe('400 VALIDATION_FAILED');
    expect(answer.body.errors[0].path).toBe(field);
    expect(body(await ann.get('partner/profile'), 200)).toEqual(before);
  });
});
