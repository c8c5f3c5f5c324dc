import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createTestApp, type TestApp } from '../../support/app.js';
import { body } from '../../support/journey.js';
import { codeOf, open, signUp, type SignedIn } from '../identity/scene.js';

interface Request {
  id: string;
  state: string;
  partnerId: string;
  partnerStatus: string;
  email: string;
  decidedAt: string | null;
  rejectionDescription: string | null;
}

interface Page {
  items: Request[];
  nextCursor: string | null;
}

const ADMIN = { password: 'correct horse battery' };

let app: TestApp;
let operator: SignedIn;
let email: string;
let partnerId: string;
let request: Request;
let number = 0;

beforeAll(async () => {
  app = await createTestApp();
  operator = await open(app, 'admin@example.com', ADMIN);
});
afterAll(() => app.close());
beforeEach(async () => {
  number += 1;
  email = `asks${number}@example.com`;
  partnerId = await signUp(app, email);
  request = (await list()).find((item) => item.partnerId === partnerId)!;
});

async function list(query = ''): Promise<Request[]> {
  return body<Page>(await operator.as.get(`operator/partnership-requests?limit=200${query}`), 200).items;
}

const approve = (id = request.id) => operator.as.post(`operator/partnership-requests/${id}/approve`);
const reject = (description: unknown = 'No content yet.', id = request.id) =>
  operator.as.post(`operator/partnership-requests/${id}/reject`, { description });

async function partnerState(): Promise<string> {
  return body<{ state: string }>(await operator.as.get(`operator/partners/${partnerId}`), 200).state;
}

async function mails(): Promise<{ subject: string; text: string }[]> {
  return (await app.mailbox(email)).filter(({ subject }) => subject.includes('partnership'));
}

describe('O01 partnership requests', () => {
  it('show name, package and price, date, phone, e-mail, status, website and description', async () => {
    expect(request).toMatchObject({
      state: 'pending',
      partnerName: 'Ann Reviews',
      partnerStatus: 'pending',
      packageName: 'Standard',
      price: { amount: '0.00', currency: 'EUR' },
      requestedAt: app.clock.now().toISOString(),
      email,
      phone: null,
      website: null,
      description: null,
      decidedAt: null,
    });
  });

  it('approved: the partner is active and is told; the request is decided', async () => {
    const decided = body<Request>(await approve(), 200);
    expect(decided).toMatchObject({ state: 'approved', partnerStatus: 'active', rejectionDescription: null });
    expect(await partnerState()).toBe('active');
    expect((await mails()).map(({ subject }) => subject)).toEqual(['Welcome: your partnership is approved']);
    expect((await list()).map(({ id }) => id)).not.toContain(request.id);
    expect((await list('&state=approved')).map(({ id }) => id)).toContain(request.id);
  });

  it('rejected: the description is mailed and kept, the partner is not active', async () => {
    const description = 'We need a website\nwith content of your own & more <than> this.';
    const decided = body<Request>(await reject(description), 200);
    expect(decided).toMatchObject({ state: 'rejected', rejectionDescription: description });
    expect(await partnerState()).toBe('rejected');
    const [mail] = await mails();
    expect(mail!.text).toContain(description);
    const partner = await open(app, email);
    expect(codeOf(await partner.as.get('partner/campaigns'))).toBe('403 PARTNER_NOT_ACTIVE');
  });

  it.each([[undefined], [''], ['  \n'], [null], [7], ['x'.repeat(2001)]])(
    'are not rejected with the description %j',
    async (description) => {
      const answer = await operator.as.post(`operator/partnership-requests/${request.id}/reject`, {
        description,
      });
      expect(codeOf(answer)).toBe('400 VALIDATION_FAILED');
      expect(await partnerState()).toBe('pending');
      expect(await mails()).toEqual([]);
    },
  );

  it('are decided once: 50 approvals at the same time', async () => {
    const answers = await Promise.all(Array.from({ length: 50 }, () => approve()));
    expect(answers.map(codeOf).sort()).toEqual(['200 OK', ...Array(49).fill('409 REQUEST_ALREADY_DECIDED')]);
    expect(await mails()).toHaveLength(1);
    expect(await audited()).toHaveLength(1);
  });

  it('are decided once: approvals against rejections', async () => {
    const answers = await Promise.all(
      Array.from({ length: 50 }, async (_, i) => ({
        approval: i % 2 === 0,
        answer: await (i % 2 ? reject() : approve()),
      })),
    );
    const winners = answers.filter(({ answer }) => answer.status === 200);
    expect(winners).toHaveLength(1);
    expect(answers.filter(({ answer }) => answer.status === 409)).toHaveLength(49);
    expect(await partnerState()).toBe(winners[0]!.approval ? 'active' : 'rejected');
    expect(await mails()).toHaveLength(1);
    expect(await audited()).toHaveLength(1);
  });

  it('cannot be decided again, either way', async () => {
    body(await reject(), 200);
    expect(codeOf(await approve())).toBe('409 REQUEST_ALREADY_DECIDED');
    expect(codeOf(await reject('Another reason'))).toBe('409 REQUEST_ALREADY_DECIDED');
    expect(await partnerState()).toBe('rejected');
  });

  it('that do not exist are not found', async () => {
    expect(codeOf(await approve('01920000-0000-7000-8000-00000000dead'))).toBe('404 NOT_FOUND');
    expect((await approve('nonsense')).status).toBe(400);
  });

  it('keep the operator and the time of the decision', async () => {
    body(await approve(), 200);
    const [row] = await app.db.query<object[]>(
      `SELECT r.decided_at, u.email FROM partner_requests r JOIN users u ON u.id = r.decided_by WHERE r.id = $1`,
      [request.id],
    );
    expect(row).toEqual({ decided_at: app.clock.now(), email: 'admin@example.com' });
    expect(await audited()).toEqual([{ action: 'partnership_request.approve' }]);
  });

  it('are listed page by page, the longest waiting first', async () => {
    for (let i = 0; i < 3; i += 1) await signUp(app, `page${number}-${i}@example.com`);
    const ids: string[] = [];
    let cursor: string | null = null;
    do {
      const page: Page = body(
        await operator.as.get(`operator/partnership-requests?limit=2${cursor ? `&cursor=${cursor}` : ''}`),
        200,
      );
      expect(page.items.length).toBeLessThanOrEqual(2);
      ids.push(...page.items.map(({ id }) => id));
      cursor = page.nextCursor;
    } while (cursor);
    expect(ids).toEqual([...ids].sort());
    expect(ids).toEqual((await list()).map(({ id }) => id));
  });

  it.each(['state=open', 'sort=name', 'limit=0', 'limit=1000000', 'cursor=x', 'state=pending&state=all'])(
    'refuse the query %s',
    async (query) => {
      expect((await operator.as.get(`operator/partnership-requests?${query}`)).status).toBe(400);
    },
  );
});

describe('O02 one pending partnership per partner', () => {
  it('is held by the database', async () => {
    const second = app.db.query(
      `INSERT INTO partner_requests (id, kind, partner_id, state, package_id, title, price_minor, currency, requested_at)
       SELECT gen_random_uuid(), kind, partner_id, 'pending', package_id, title, price_minor, currency, requested_at
         FROM partner_requests WHERE id = $1`,
      [request.id],
    );
    await expect(second).rejects.toThrow('partner_requests_one_pending');
  });

  it('a suspended partner stays suspended when a further request is approved', async () => {
    body(await approve(), 200);
    body(await operator.as.post(`operator/partners/${partnerId}/suspend`, { reason: 'Asked to' }), 200);
    const [{ id }] = await app.db.query<[{ id: string }]>(
      `INSERT INTO partner_requests (id, kind, partner_id, state, package_id, title, price_minor, currency, requested_at)
       SELECT gen_random_uuid(), kind, partner_id, 'pending', package_id, title, price_minor, currency, requested_at
         FROM partner_requests WHERE id = $1 RETURNING id`,
      [request.id],
    );
    expect(body<Request>(await approve(id), 200).partnerStatus).toBe('suspended');
    expect(await partnerState()).toBe('suspended');
    expect((await app.mailbox(email)).at(-1)).toMatchObject({
      subject: 'Your request for another package is approved',
      text: expect.stringContaining('your change to the package "Standard" is approved'),
    });
    const partner = await open(app, email);
    expect(codeOf(await partner.as.get('partner/campaigns'))).toBe('403 PARTNER_NOT_ACTIVE');
  });

  it('an active partner stays active when a further request is rejected', async () => {
    body(await approve(), 200);
    const [{ id }] = await app.db.query<[{ id: string }]>(
      `INSERT INTO partner_requests (id, kind, partner_id, state, package_id, title, price_minor, currency, requested_at)
       SELECT gen_random_uuid(), kind, partner_id, 'pending', package_id, title, price_minor, currency, requested_at
         FROM partner_requests WHERE id = $1 RETURNING id`,
      [request.id],
    );
    expect(body<Request>(await reject('Not this one.', id), 200).partnerStatus).toBe('active');
    expect(await partnerState()).toBe('active');
  });
});

async function audited(): Promise<unknown[]> {
  return app.db.query('SELECT action FROM audit_log WHERE subject_id = $1', [request.id]);
}
