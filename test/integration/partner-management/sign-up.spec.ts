import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createTestApp, type TestApp } from '../../support/app.js';
import { body, PASSWORD } from '../../support/journey.js';
import { Caller, codeOf, login, open, SIGN_UP, type SignedIn, tokenMailed } from '../identity/scene.js';

interface Package {
  id: string;
  name: string;
  price: { amount: string; currency: string };
  isDefault: boolean;
}

interface Request {
  id: string;
  email: string;
  partnerId: string;
  packageName: string;
  price: { amount: string; currency: string };
}

let app: TestApp;
let anybody: Caller;
let operator: SignedIn;
let email: string;
let number = 0;

beforeAll(async () => {
  app = await createTestApp();
  anybody = new Caller(app);
  operator = await open(app, 'admin@example.com', { password: 'correct horse battery' });
});
afterAll(() => app.close());
beforeEach(() => {
  number += 1;
  email = `partner${number}@example.com`;
});

const register = (form: object = {}) => anybody.post('auth/register', { ...SIGN_UP, email, ...form });

async function pendingRequest(of = email): Promise<Request> {
  const { items } = body<{ items: Request[] }>(
    await operator.as.get('operator/partnership-requests?limit=200'),
    200,
  );
  return items.find((item) => item.email === of)!;
}

describe('O01 sign-up', () => {
  it('goes from the form to work: sign-up, confirmed address, approval, sign-in', async () => {
    const { partnerId, status } = body<{ partnerId: string; status: string }>(await register(), 201);
    expect(status).toBe('pending');
    const unconfirmed = await login(app, email);
    expect(codeOf(unconfirmed)).toBe('403 EMAIL_NOT_VERIFIED');
    expect(unconfirmed.body.detail).toContain('after that, ask for a new password at /auth/password/forgot');
    expect(codeOf(await login(app, email, { password: 'wrong' }))).toBe('401 INVALID_CREDENTIALS');

    const token = await tokenMailed(app, email, 'Confirm your e-mail');
    const page = await anybody.get(`auth/verify-email?token=${token}`);
    expect(page.type).toBe('text/html');
    expect(codeOf(await login(app, email))).toBe('403 EMAIL_NOT_VERIFIED');
    body(await anybody.post('auth/verify-email', { token }), 200);
    expect(codeOf(await anybody.post('auth/verify-email', { token }))).toBe('422 INVALID_TOKEN');

    const waiting = await open(app, email);
    expect((await waiting.as.get('me')).body).toMatchObject({
      realm: 'partner',
      role: 'owner',
      partnerId,
      active: false,
    });
    expect(codeOf(await waiting.as.get('partner/campaigns'))).toBe('403 PARTNER_NOT_ACTIVE');

    const { id } = await pendingRequest();
    body(await operator.as.post(`operator/partnership-requests/${id}/approve`), 200);
    expect((await waiting.as.get('partner/campaigns')).status).toBe(200);
    expect((await waiting.as.get('me')).body).toMatchObject({ active: true });
  });

  it('writes nothing that the form says to an address that may be a stranger’s', async () => {
    body(await register({ name: 'Claim 1000 EUR at http://evil.example/claim' }), 201);
    body(await anybody.post('auth/password/forgot', { email }), 200);
    const mails = await app.mailbox(email);
    expect(mails.map(({ subject }) => subject).sort()).toEqual(['Confirm your e-mail', 'Set a new password']);
    for (const { text } of mails) {
      expect(text).toMatch(/^Hello,\n/);
      expect(text).not.toContain('evil.example');
    }
  });

  it('confirms the address for three days', async () => {
    body(await register(), 201);
    const token = await tokenMailed(app, email, 'Confirm your e-mail');
    app.clock.advance(72 * 3_600);
    expect(codeOf(await anybody.post('auth/verify-email', { token }))).toBe('422 INVALID_TOKEN');
    app.clock.advance(-1);
    body(await anybody.post('auth/verify-email', { token }), 200);
    operator = await open(app, 'admin@example.com', { password: 'correct horse battery' });
  });

  it('takes an address once, whatever its case', async () => {
    body(await register(), 201);
    for (const taken of [email, email.toUpperCase(), `P${email.slice(1)}`]) {
      const answer = await register({ email: taken });
      expect(codeOf(answer)).toBe('409 EMAIL_TAKEN');
    }
    expect(codeOf(await register({ email: 'ADMIN@example.com' }))).toBe('409 EMAIL_TAKEN');
  });

  it('takes one of many sign-ups with the same address at the same time', async () => {
    const answers = await Promise.all(
      Array.from({ length: 12 }, (_, i) => register({ email: i % 2 ? email : email.toUpperCase() })),
    );
    expect(answers.map(codeOf).sort()).toEqual(['201 OK', ...Array(11).fill('409 EMAIL_TAKEN')]);
    const [{ partners }] = await app.db.query<[{ partners: number }]>(
      `SELECT count(*)::int AS partners FROM memberships m JOIN users u ON u.id = m.user_id WHERE lower(u.email) = $1`,
      [email],
    );
    expect(partners).toBe(1);
    const requests = await app.db.query<unknown[]>(
      'SELECT FROM partner_requests r WHERE NOT EXISTS (SELECT FROM memberships m WHERE m.partner_id = r.partner_id)',
    );
    expect(requests).toHaveLength(0);
  });

  it('B06 with an idempotency key has one effect and one answer', async () => {
    const send = (form: object) =>
      fetch(`${app.url}/api/v1/auth/register`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'idempotency-key': `key-${email}` },
        body: JSON.stringify({ ...SIGN_UP, email, ...form }),
      });
    const first = await send({});
    const again = await send({});
    expect([first.status, again.status]).toEqual([201, 201]);
    expect(again.headers.get('idempotent-replayed')).toBe('true');
    expect(await again.json()).toEqual(await first.json());
    expect((await send({ name: 'Another' })).status).toBe(422);
    const keys = JSON.stringify(await app.db.query('SELECT * FROM idempotency_keys'));
    expect(keys).not.toContain(PASSWORD);
  });

  it('keeps the password as argon2id', async () => {
    body(await register(), 201);
    const [{ hash }] = await app.db.query<[{ hash: string }]>(
      'SELECT password_hash AS hash FROM users WHERE email = $1',
      [email],
    );
    expect(hash).toMatch(/^\$argon2id\$/);
  });

  it.each([
    ['password', 'short', 422],
    ['password', 'password1', 422],
    ['password', 'x'.repeat(129), 422],
    ['password', undefined, 400],
    ['email', 'no address', 400],
    ['email', 'a@b.example\r\nBcc: evil@example.com', 400],
    ['name', ' ', 400],
    ['name', 'Win 1000 EUR\r\n\r\nClaim it here: http://evil.example/claim', 400],
    ['name', 'Ann\u2028Reviews', 400],
    ['description', '   ', 400],
    ['kind', 'operator', 400],
    ['country', 'Germany', 400],
    ['website', 'javascript:alert(1)', 400],
    ['website', 'file:///etc/passwd', 400],
    ['phone', 'call me', 400],
    ['phone', '030 123456', 400],
    ['packageId', 'nonsense', 400],
    ['packageId', '01920000-0000-7000-8000-0000000000ff', 422],
    ['socialAccount', { platform: 'myspace', handle: 'ann' }, 400],
    ['socialAccount', { platform: 'tiktok' }, 400],
    ['socialAccount', { platform: 'tiktok', handle: '@' }, 422],
    ['socialAccount', 'tiktok', 400],
    ['socialAccount', [{ platform: 'tiktok', handle: 'ann' }], 400],
    ['socialAccount', null, 400],
  ])('refuses %s = %j and names the field', async (field, value, status) => {
    const answer = await register({ [field]: value });
    expect(answer.status).toBe(status);
    expect(answer.body.errors[0].path.split('.')[0]).toBe(field);
    expect(await app.mailbox(email)).toEqual([]);
  });

  it('keeps what was told: social account, sub-affiliate link, inviter’s code', async () => {
    const form = {
      kind: 'creator',
      socialAccount: { platform: 'tiktok', handle: '@Ann.Reviews' },
      ref: 'k7Qm2xVb',
      inviterCode: 'ANN-1',
      description: "Robert'); DROP TABLE partners; --",
    };
    const { partnerId } = body<{ partnerId: string }>(await register(form), 201);
    const [stored] = await app.db.query<object[]>('SELECT * FROM partners WHERE id = $1', [partnerId]);
    expect(stored).toMatchObject({
      kind: 'creator',
      state: 'pending',
      sign_up_ref: 'k7Qm2xVb',
      inviter_code: 'ANN-1',
      description: form.description,
    });
    expect(
      await app.db.query('SELECT platform, handle, state FROM social_accounts WHERE partner_id = $1', [
        partnerId,
      ]),
    ).toEqual([{ platform: 'tiktok', handle: 'ann.reviews', state: 'unverified' }]);
  });
});

describe('O01 packages', () => {
  it('price is a snapshot: what was asked for keeps its price', async () => {
    const gold = body<Package>(
      await operator.as.post('operator/packages', {
        name: `Gold ${number}`,
        price: { amount: '99.90', currency: 'EUR' },
      }),
      201,
    );
    expect(gold).toMatchObject({ price: { amount: '99.90', currency: 'EUR' }, isDefault: false });
    body(await register({ packageId: gold.id }), 201);
    await app.db.query(`UPDATE packages SET price_minor = 19990, currency = 'USD' WHERE id = $1`, [gold.id]);

    const request = await pendingRequest();
    expect(request).toMatchObject({
      packageName: gold.name,
      price: { amount: '99.90', currency: 'EUR' },
    });
    const approved = body<Request>(
      await operator.as.post(`operator/partnership-requests/${request.id}/approve`),
      200,
    );
    expect(approved.price).toEqual({ amount: '99.90', currency: 'EUR' });
    const partner = await operator.as.get(`operator/partners/${request.partnerId}`);
    expect(partner.body).toMatchObject({ state: 'active', packageId: gold.id, packageName: gold.name });
  });

  it('a sign-up that names none takes the default one', async () => {
    body(await register(), 201);
    expect(await pendingRequest()).toMatchObject({
      packageName: 'Standard',
      price: { amount: '0.00', currency: 'EUR' },
    });
  });

  it('that are no longer offered cannot be asked for', async () => {
    const old = body<Package>(
      await operator.as.post('operator/packages', { name: 'Old', price: { amount: '0', currency: 'JPY' } }),
      201,
    );
    await app.db.query('UPDATE packages SET active = false WHERE id = $1', [old.id]);
    expect(codeOf(await register({ packageId: old.id }))).toBe('422 VALIDATION_FAILED');
    const { items } = body<{ items: Package[] }>(await operator.as.get('operator/packages'), 200);
    expect(items.map(({ name }) => name)).not.toContain('Old');
  });

  it.each([
    [{ name: 'No price' }, 400],
    [{ name: 'Null', price: null }, 400],
    [{ name: 'Number', price: { amount: 1, currency: 'EUR' } }, 400],
    [{ name: 'List', price: [] }, 400],
    [{ name: 'Lists', price: [{ amount: '1', currency: 'EUR' }] }, 400],
    [{ name: 'Negative', price: { amount: '-1', currency: 'EUR' } }, 422],
    [{ name: 'Exponent', price: { amount: '1e3', currency: 'EUR' } }, 422],
    [{ name: 'Too fine', price: { amount: '1.001', currency: 'EUR' } }, 422],
    [{ name: 'Arabic', price: { amount: '١', currency: 'EUR' } }, 422],
    [{ name: 'Huge', price: { amount: '1'.padEnd(31, '0'), currency: 'EUR' } }, 422],
    [{ name: 'No such currency', price: { amount: '1', currency: 'XXQ' } }, 422],
    [{ name: 'Standard', price: { amount: '1', currency: 'EUR' } }, 409],
  ])('refuse %j', async (form, status) => {
    expect((await operator.as.post('operator/packages', form)).status).toBe(status);
  });

  it('made twice at the same time are one', async () => {
    const form = { name: 'Twice', price: { amount: '1.00', currency: 'EUR' } };
    const answers = await Promise.all([1, 2, 3, 4].map(() => operator.as.post('operator/packages', form)));
    expect(answers.map(codeOf).sort()).toEqual(['201 OK', ...Array(3).fill('409 PACKAGE_NAME_TAKEN')]);
  });
});
