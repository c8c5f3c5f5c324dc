import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestApp, type TestApp } from '../../support/app.js';
import { body } from '../../support/journey.js';
import { Caller, codeOf, open, signUp, SIGN_UP, type SignedIn, tokenMailed } from './scene.js';

/** What nobody may set for oneself. */
const FORBIDDEN: Record<string, unknown> = {
  role: 'admin',
  realm: 'operator',
  partnerId: '01920000-0000-7000-8000-000000000001',
  state: 'active',
  status: 'active',
  active: true,
  twoFactorEnabled: true,
  twoFactorEnabledAt: '2026-01-01T00:00:00Z',
  balance: { amount: '1000000.00', currency: 'EUR' },
  emailVerified: true,
  emailVerifiedAt: '2026-01-01T00:00:00Z',
  passwordHash: 'x',
  permissions: ['operator:bills:approve'],
  id: '01920000-0000-7000-8000-000000000002',
  price: { amount: '0.00', currency: 'EUR' },
};

let app: TestApp;
let anybody: Caller;
let ann: SignedIn;

beforeAll(async () => {
  app = await createTestApp();
  anybody = new Caller(app);
  await signUp(app, 'ann@example.com');
  ann = await open(app, 'ann@example.com');
});
afterAll(() => app.close());

async function counts(): Promise<unknown> {
  const [row] = await app.db.query<unknown[]>(
    'SELECT (SELECT count(*) FROM users) AS users, (SELECT count(*) FROM partners) AS partners',
  );
  return row;
}

describe.each(Object.entries(FORBIDDEN))('A22 the field %s', (field, value) => {
  it('is refused by name at sign-up, and nothing is stored', async () => {
    const before = await counts();
    const answer = await anybody.post('auth/register', {
      ...SIGN_UP,
      email: `${field}@example.com`,
      [field]: value,
    });
    expect(codeOf(answer)).toBe('400 VALIDATION_FAILED');
    expect(answer.body.errors).toEqual([{ path: field, message: `property ${field} should not exist` }]);
    expect(await counts()).toEqual(before);
  });

  it('is refused by name in one’s own account, and nothing is changed', async () => {
    const before = (await ann.as.get('me')).body;
    const answer = await ann.as.patch('me', { name: 'Forged', [field]: value });
    expect(codeOf(answer)).toBe('400 VALIDATION_FAILED');
    expect(answer.body.errors[0].path).toBe(field);
    expect((await ann.as.get('me')).body).toEqual(before);
  });
});

describe('A22 one’s own account', () => {
  it('changes name, phone and report currency, each alone or none', async () => {
    const changed = body<{ user: object }>(
      await ann.as.patch('me', { name: 'Ann B.', phone: '+49 30 123456', reportCurrency: 'USD' }),
      200,
    );
    expect(changed.user).toMatchObject({ name: 'Ann B.', phone: '+4930123456', reportCurrency: 'USD' });
    const alone = body<{ user: object }>(await ann.as.patch('me', { name: 'Ann' }), 200);
    expect(alone.user).toMatchObject({ name: 'Ann', phone: '+4930123456', reportCurrency: 'USD' });
    expect(body(await ann.as.patch('me', {}), 200)).toEqual(alone);
  });

  it.each([
    ['name', '', 400],
    ['name', '   ', 400],
    ['name', null, 400],
    ['name', 'x'.repeat(201), 400],
    ['name', 'a\u0000b', 400],
    ['phone', '<script>', 400],
    ['phone', '030 123456', 400],
    ['phone', '+0301234567', 400],
    ['phone', '+49 30', 400],
    ['phone', '+1234567890123456', 400],
    ['phone', '+٤٩٣٠١٢٣٤٥٦', 400],
    ['phone', '', 400],
    ['phone', 4930123456, 400],
    ['phone', ['+4930123456'], 400],
    ['reportCurrency', 'XXXX', 422],
    ['reportCurrency', 'eur', 422],
    ['reportCurrency', '__proto__', 400],
    ['emailSubscriptions', { bills: 'no' }, 400],
    ['emailSubscriptions', { bills: null }, 400],
    ['emailSubscriptions', { security: false }, 400],
    ['emailSubscriptions', ['bills'], 400],
    ['emailSubscriptions', 'bills', 400],
    ['country', 'FR', 400],
    ['email', 'other@example.com', 400],
  ])('refuses %s = %j', async (field, value, status) => {
    expect((await ann.as.patch('me', { [field]: value })).status).toBe(status);
  });

  it('is not to be had through __proto__', async () => {
    const answer = await fetch(`${app.url}/api/v1/me`, {
      method: 'PATCH',
      headers: { authorization: `Bearer ${ann.accessToken}`, 'content-type': 'application/json' },
      body: '{"name":"Ann","__proto__":{"role":"admin"}}',
    });
    expect(answer.status).toBe(400);
  });
});

describe('forged Host headers', () => {
  it('are in no mailed link', async () => {
    const forged = {
      host: 'evil.example',
      'x-forwarded-host': 'evil.example',
      forwarded: 'host=evil.example',
    };
    const email = 'host@example.com';
    const { hostname, port } = new URL(app.url);
    // fetch does not let one choose the host.
    const { request } = await import('node:http');
    const post = (path: string, payload: object): Promise<number | undefined> =>
      new Promise((resolve, reject) => {
        const call = request(
          {
            hostname,
            port,
            path: `/api/v1/${path}`,
            method: 'POST',
            headers: { 'content-type': 'application/json', ...forged },
          },
          (response) => resolve(response.resume().statusCode),
        );
        call.on('error', reject);
        call.end(JSON.stringify(payload));
      });
    expect(await post('auth/register', { ...SIGN_UP, email })).toBe(201);
    expect(await post('auth/password/forgot', { email })).toBe(200);
    for (let i = 0; i < 5; i += 1) await post('auth/login', { email, password: 'wrong' });

    const mails = await app.mailbox(email);
    expect(mails.map(({ subject }) => subject)).toEqual([
      'Confirm your e-mail',
      'Set a new password',
      'Unlock instructions',
    ]);
    for (const { text, html, subject } of mails) {
      expect(`${text}${html ?? ''}`).not.toContain('evil');
      expect(text).toMatch(/http:\/\/localhost:\d+\/api\/v1\/auth\/[\w/-]+\?token=/);
      const token = await tokenMailed(app, email, subject);
      expect(token).toHaveLength(43);
    }
  });
});
