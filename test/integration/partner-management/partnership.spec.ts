import { randomUUID } from 'node:crypto';
import request, { type Response } from 'supertest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestApp, type TestApp } from '../../support/app.js';
import { body, joinAsPartner, PASSWORD, type Person, signIn } from '../../support/journey.js';

interface PartnershipRequest {
  id: string;
  partnerId: string;
  partnerStatus: string;
}

const FORM = {
  password: PASSWORD,
  name: 'Ann Reviews',
  kind: 'affiliate',
  country: 'DE',
  phone: '+4930123456',
  website: 'https://reviews.example',
  description: 'Ten years of reviews',
};

let app: TestApp;
let operator: Person;
let people = 0;

beforeAll(async () => {
  app = await createTestApp({ background: false });
  operator = await signIn(app, 'admin@example.com', 'correct horse battery');
});
afterAll(() => app.close());

const newEmail = (): string => `ann${(people += 1)}@partners.example`;
const codeOf = ({ body: problem }: Response): string => (problem as { code: string }).code;

async function register(form: object, headers: Record<string, string> = {}): Promise<Response> {
  return request(app.url).post('/api/v1/auth/register').set(headers).send(form);
}

/** Signs up with a confirmed address and gives the request that waits. */
async function apply(more: object = {}): Promise<{ email: string; request: PartnershipRequest }> {
  const email = newEmail();
  const { partnerId } = body<{ partnerId: string }>(await register({ ...FORM, email, ...more }), 201);
  await app.db.query('UPDATE users SET email_verified_at = now() WHERE email = $1', [email]);
  const { items } = body<{ items: PartnershipRequest[] }>(
    await operator.get('operator/partnership-requests?limit=200'),
    200,
  );
  return { email, request: items.find((item) => item.partnerId === partnerId)! };
}

const decide = (id: string, decision: string, payload: object = {}): Promise<Response> =>
  operator.post(`operator/partnership-requests/${id}/${decision}`, payload);

async function lastMail(to: string): Promise<{ subject: string; text: string }> {
  return (await app.mailbox(to)).at(-1)!;
}

describe('O01 sign-up', () => {
  it('leads from the form over the mailed link and the operator to the partner’s work', async () => {
    const email = newEmail();
    const gold = body<{ id: string }>(
      await operator.post('operator/packages', {
        name: 'Gold',
        price: { amount: '99.90', currency: 'EUR' },
      }),
      201,
    );
    const answer = await register({ ...FORM, email, packageId: gold.id, ref: 'r1', inviterCode: 'i1' });
    const { partnerId } = body<{ partnerId: string }>(answer, 201);
    expect(answer.body).toEqual({ partnerId, status: 'pending' });

    const login = () => request(app.url).post('/api/v1/auth/login').send({ email, password: PASSWORD });
    expect(codeOf(await login())).toBe('EMAIL_NOT_VERIFIED');
    const [, token] = /token=([\w-]+)/.exec((await lastMail(email)).text)!;
    const confirm = () => request(app.url).post('/api/v1/auth/verify-email').send({ token });
    body(await confirm(), 200);
    expect(codeOf(await confirm())).toBe('INVALID_TOKEN');

    const partner = await signIn(app, email);
    expect(body(await partner.get('me'), 200)).toMatchObject({ partnerId, role: 'owner', active: false });
    expect(codeOf(await partner.get('partner/campaigns'))).toBe('PARTNER_NOT_ACTIVE');

    // The price is the one of the day of the request, whatever becomes of the package.
    await app.db.query('UPDATE packages SET price_minor = 1 WHERE id = $1', [gold.id]);
    const { items } = body<{ items: PartnershipRequest[] }>(
      await operator.get('operator/partnership-requests'),
      200,
    );
    const waiting = items.find((item) => item.partnerId === partnerId)!;
    expect(waiting).toMatchObject({
      state: 'pending',
      partnerName: 'Ann Reviews',
      partnerStatus: 'pending',
      packageName: 'Gold',
      price: { amount: '99.90', currency: 'EUR' },
      requestedAt: app.clock.now().toISOString(),
      email,
      phone: FORM.phone,
      website: FORM.website,
      description: FORM.description,
    });
    expect(body(await decide(waiting.id, 'approve'), 200)).toMatchObject({
      state: 'approved',
      partnerStatus: 'active',
    });
    expect(body(await partner.get('partner/campaigns'), 200)).toMatchObject({ items: [] });
    expect(await lastMail(email)).toMatchObject({ subject: 'Welcome: your partnership is approved' });
    expect(body(await operator.get(`operator/partners/${partnerId}`), 200)).toMatchObject({
      state: 'active',
      packageName: 'Gold',
      approvedAt: app.clock.now().toISOString(),
    });
  });

  it.each<[string, object, number, string]>([
    ['an unknown kind', { kind: 'operator' }, 400, 'kind'],
    ['an unknown country', { country: 'XX' }, 400, 'country'],
    ['a script as website', { website: 'javascript:alert(1)' }, 400, 'website'],
    ['a short password', { password: '7 chars' }, 422, 'password'],
    ['a common password', { password: 'iloveyou' }, 422, 'password'],
    ['an unknown package', { packageId: randomUUID() }, 422, 'packageId'],
    ['half a social account', { socialAccount: { platform: 'tiktok' } }, 400, 'socialAccount.handle'],
    ['a null phone', { phone: null }, 400, 'phone'],
  ])('refuses %s and names the field', async (_name, more, status, path) => {
    const email = newEmail();
    const problem = body<{ errors: { path: string }[] }>(await register({ ...FORM, email, ...more }), status);
    expect(problem.errors.map((error) => error.path)).toEqual([path]);
    expect(await app.mailbox(email)).toEqual([]);
  });

  it.each(['role', 'state', 'status', 'partnerId', 'active', 'twoFactorEnabled', 'balance', 'emailVerified'])(
    'does not let the form set %s',
    async (field) => {
      body(await register({ ...FORM, email: newEmail(), [field]: 'admin' }), 400);
    },
  );

  it('keeps one account per address, whatever its case, also of parallel forms', async () => {
    const email = newEmail();
    const answers = await Promise.all(
      [email, email.toUpperCase(), email].map((address) => register({ ...FORM, email: address })),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 409, 409]);
    const [{ count }] = await app.db.query(
      'SELECT count(*)::int FROM partners p JOIN memberships m ON m.partner_id = p.id JOIN users u ON u.id = m.user_id WHERE lower(u.email) = $1',
      [email],
    );
    expect(count).toBe(1);
  });

  it('B06 has one effect per idempotency key, of which no guessable hash of the password stays', async () => {
    const form = { ...FORM, email: newEmail() };
    const key = randomUUID();
    const first = await register(form, { 'Idempotency-Key': key });
    const again = await register(form, { 'Idempotency-Key': key });
    expect(body(again, 201)).toEqual(body(first, 201));
    expect(again.headers['idempotent-replayed']).toBe('true');
    body(await register({ ...form, name: 'Eve' }, { 'Idempotency-Key': key }), 422);
    // The same fingerprint for another password: it says nothing about it.
    body(await register({ ...form, password: 'another long pass phrase' }, { 'Idempotency-Key': key }), 201);
  });

  it('puts the configured address into mails, never the Host header', async () => {
    const email = newEmail();
    body(
      await register({ ...FORM, email }, { Host: 'evil.example', 'X-Forwarded-Host': 'evil.example' }),
      201,
    );
    expect((await lastMail(email)).text).not.toContain('evil.example');
  });

  it('stores no password', async () => {
    const email = newEmail();
    body(await register({ ...FORM, email }), 201);
    const [{ password_hash: hash }] = await app.db.query('SELECT password_hash FROM users WHERE email = $1', [
      email,
    ]);
    expect(hash).toMatch(/^\$argon2id\$/);
  });
});

describe('O01 decisions', () => {
  it('rejects with a description, which is mailed', async () => {
    const { email, request: waiting } = await apply();
    body(await decide(waiting.id, 'reject'), 400);
    const description = 'We need a website with content of your own.';
    expect(body(await decide(waiting.id, 'reject', { description }), 200)).toMatchObject({
      state: 'rejected',
      partnerStatus: 'rejected',
      rejectionDescription: description,
    });
    expect((await lastMail(email)).text).toContain(description);
    const partner = await signIn(app, email);
    expect(codeOf(await partner.get('partner/campaigns'))).toBe('PARTNER_NOT_ACTIVE');
    body(await decide(waiting.id, 'approve'), 409);
  });

  it('takes one of many decisions at once; the others get 409', async () => {
    const { email, request: waiting } = await apply();
    const before = (await app.mailbox(email)).length;
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, i) =>
        i % 2 ? decide(waiting.id, 'approve') : decide(waiting.id, 'reject', { description: 'No' }),
      ),
    );
    const statuses = answers.map(({ status }) => status).sort();
    expect(statuses).toEqual([200, ...Array<number>(19).fill(409)]);
    const winner = answers.find(({ status }) => status === 200)!.body as { state: string };
    const partner = body<{ state: string }>(
      await operator.get(`operator/partners/${waiting.partnerId}`),
      200,
    );
    expect(partner.state).toBe(winner.state === 'approved' ? 'active' : 'rejected');
    expect(await app.mailbox(email)).toHaveLength(before + 1);
    const audit = body<{ items: object[] }>(
      await operator.get(`operator/audit-log?subjectId=${waiting.id}`),
      200,
    );
    expect(audit.items).toHaveLength(1);
  });

  it('approves exactly once of two at the same time', async () => {
    const { request: waiting } = await apply();
    const answers = await Promise.all([decide(waiting.id, 'approve'), decide(waiting.id, 'approve')]);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409]);
    expect(codeOf(answers.find(({ status }) => status === 409)!)).toBe('REQUEST_ALREADY_DECIDED');
  });

  it('is for operators with the permission only', async () => {
    const { request: waiting } = await apply();
    const partner = await joinAsPartner(app, operator, newEmail());
    body(await partner.get('operator/partnership-requests'), 403);
    body(await partner.post(`operator/partnership-requests/${waiting.id}/approve`), 403);
    body(await decide(randomUUID(), 'approve'), 404);
    expect(body<{ errors: object[] }>(await decide('not-an-id', 'approve'), 400).errors).toEqual([
      { path: 'id', message: expect.stringMatching(/^id must be a UUID such as /) },
    ]);
    body(await request(app.url).get('/api/v1/operator/partnership-requests'), 401);
  });

  it('has one pending request per partner, held by the database', async () => {
    const { request: waiting } = await apply();
    const second = app.db.query(
      `INSERT INTO partner_requests (id, kind, partner_id, state, package_id, title, price_minor, currency, requested_at)
       SELECT gen_random_uuid(), kind, partner_id, 'pending', package_id, title, 0, 'EUR', now()
         FROM partner_requests WHERE id = $1`,
      [waiting.id],
    );
    await expect(second).rejects.toThrow('partner_requests_one_pending');
  });

  it('lists by state, page by page, the longest waiting first', async () => {
    await apply();
    await apply();
    const page = async (query: string) =>
      body<{ items: { id: string; state: string }[]; nextCursor: string | null }>(
        await operator.get(`operator/partnership-requests?${query}`),
        200,
      );
    const first = await page('limit=1');
    const second = await page(`limit=1&cursor=${first.nextCursor}`);
    expect(second.items[0]!.id > first.items[0]!.id).toBe(true);
    expect((await page('state=rejected&limit=200')).items.every(({ state }) => state === 'rejected')).toBe(
      true,
    );
    body(await operator.get('operator/partnership-requests?state=unknown'), 400);
    body(await operator.get('operator/partnership-requests?sort=name'), 400);
    body(await operator.get('operator/partnership-requests?cursor=WyJ4Il0'), 400);
  });
});

describe('O08 partners', () => {
  it('are suspended and reactivated, each once, with all their users', async () => {
    const email = newEmail();
    const partner = await joinAsPartner(app, operator, email);
    const { partnerId } = body<{ partnerId: string }>(await partner.get('me'), 200);
    const act = (action: string) =>
      operator.post(
        `operator/partners/${partnerId}/${action}`,
        action === 'suspend' ? { reason: 'Asked to' } : {},
      );

    body(await act('reactivate'), 409);
    const suspended = await Promise.all([act('suspend'), act('suspend')]);
    expect(suspended.map(({ status }) => status).sort()).toEqual([200, 409]);
    expect(codeOf(await partner.get('partner/campaigns'))).toBe('PARTNER_NOT_ACTIVE');
    expect(body(await partner.get('me'), 200)).toMatchObject({ active: false });
    expect(body(await act('reactivate'), 200)).toMatchObject({ state: 'active' });
    body(await partner.get('partner/campaigns'), 200);

    const { items } = body<{ items: object[] }>(
      await operator.get(`operator/audit-log?subjectId=${partnerId}`),
      200,
    );
    expect(items).toMatchObject([
      { action: 'partner.reactivate', actorEmail: 'admin@example.com', before: { state: 'suspended' } },
      { action: 'partner.suspend', before: { state: 'active' }, after: { state: 'suspended' } },
    ]);
    body(await operator.post(`operator/partners/${randomUUID()}/suspend`, { reason: 'Asked to' }), 404);
  });

  it('are found by part of the name and by state', async () => {
    await apply({ name: 'Zebra 100% fun' });
    const found = async (query: string) =>
      body<{ items: { name: string }[] }>(await operator.get(`operator/partners?${query}`), 200).items.map(
        ({ name }) => name,
      );
    expect(await found('name=100%25%20FUN')).toEqual(['Zebra 100% fun']);
    expect(await found('name=100%25%20FUN&state=active')).toEqual([]);
    body(await operator.get('operator/partners?state=gone'), 400);
  });
});

describe('O01 packages', () => {
  const add = (name: string, amount: string, currency = 'EUR') =>
    operator.post('operator/packages', { name, price: { amount, currency } });

  it('are added with an exact price and a name of their own', async () => {
    expect(body(await add('Yen', '500', 'JPY'), 201)).toMatchObject({
      price: { amount: '500', currency: 'JPY' },
    });
    expect(codeOf(await add('Yen', '1', 'JPY'))).toBe('PACKAGE_NAME_TAKEN');
    const { items } = body<{ items: { name: string; isDefault: boolean }[] }>(
      await operator.get('operator/packages'),
      200,
    );
    expect(items[0]).toMatchObject({ name: 'Standard', isDefault: true });
  });

  it.each(['1e3', '-1', 'NaN', '٣', '0.001', '1'.repeat(31)])('refuse the price %s', async (amount) => {
    expect((await add(`Package ${amount}`, amount)).status).toBeGreaterThanOrEqual(400);
    expect((await add(`Package ${amount}`, amount)).status).toBeLessThan(500);
  });
});
