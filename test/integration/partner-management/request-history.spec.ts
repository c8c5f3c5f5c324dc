import request from 'supertest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestApp, type TestApp } from '../../support/app.js';
import { body, joinAsPartner, PASSWORD, type Person, signIn } from '../../support/journey.js';

interface History {
  items: { partnerName: string; state: string; decidedBy: string | null }[];
  nextCursor: string | null;
}

describe('O02 O07 history of requests', () => {
  let app: TestApp;
  let operator: Person;

  /** Signs up under the name and rejects it. */
  const reject = async (name: string, description: string): Promise<void> => {
    const form = {
      email: `p${app.clock.now().getTime()}@h.example`,
      password: PASSWORD,
      name,
      kind: 'creator',
    };
    body(
      await request(app.url)
        .post('/api/v1/auth/register')
        .send({ ...form, country: 'FR' }),
      201,
    );
    const { items } = body<{ items: { id: string }[] }>(
      await operator.get('operator/partnership-requests'),
      200,
    );
    body(await operator.post(`operator/partnership-requests/${items[0]!.id}/reject`, { description }), 200);
    app.clock.advance(1);
  };
  const history = async (query = ''): Promise<History> =>
    body<History>(await operator.get(`operator/request-history?${query}`), 200);

  beforeAll(async () => {
    app = await createTestApp({ background: false });
    operator = await signIn(app, 'admin@example.com', 'correct horse battery');
    await joinAsPartner(app, operator, 'first@h.example');
    app.clock.advance(1);
    await reject('=HYPERLINK("http://evil.example","x")', '@SUM(A1)');
    await reject('Comma, "quoted"', '\t=1+1');
    operator = await operator.signInAgain();
  });
  afterAll(() => app.close());

  it('shows the last decided first, with who decided', async () => {
    const { items } = await history();
    expect(items.map(({ state }) => state)).toEqual(['rejected', 'rejected', 'approved']);
    expect(items[0]).toMatchObject({
      type: 'partnership',
      title: 'Standard',
      partnerName: 'Comma, "quoted"',
      price: { amount: '0.00', currency: 'EUR' },
      decidedBy: 'admin@example.com',
    });
  });

  it('leaves out what is not decided', async () => {
    const form = {
      email: 'waits@h.example',
      password: PASSWORD,
      name: 'Waits',
      kind: 'channel',
      country: 'FR',
    };
    body(await request(app.url).post('/api/v1/auth/register').send(form), 201);
    expect((await history('partner=waits')).items).toEqual([]);
  });

  it('is searched by partner and state, and paged', async () => {
    expect((await history('partner=COMMA')).items).toHaveLength(1);
    expect((await history('state=approved')).items).toMatchObject([{ partnerName: 'first' }]);
    const names: string[] = [];
    let cursor: string | null = '';
    while (cursor !== null) {
      const page: History = await history(`limit=1${cursor && `&cursor=${cursor}`}`);
      names.push(...page.items.map(({ partnerName }) => partnerName));
      cursor = page.nextCursor;
    }
    expect(names).toEqual((await history()).items.map(({ partnerName }) => partnerName));
    body(await operator.get('operator/request-history?cursor=WyJ4IiwieSJd'), 400);
    body(await operator.get('operator/request-history?format=xml'), 400);
  });

  it('is exported as CSV whose cells a spreadsheet does not run', async () => {
    const response = await operator.get('operator/request-history?format=csv');
    expect(response.status).toBe(200);
    expect(response.headers['content-type']).toContain('text/csv');
    expect(response.headers['content-disposition']).toContain('request-history.csv');
    const lines = response.text.trimEnd().split('\r\n');
    expect(lines).toHaveLength(4);
    expect(lines[0]).toBe('Requested,Decided,Partner,Type,Title,Price,Currency,State,Decided by,Description');
    expect(lines[1]).toContain(`"Comma, ""quoted""",partnership,Standard,0.00,EUR,rejected`);
    expect(lines[1]!.endsWith(`,'\t=1+1`)).toBe(true);
    expect(lines[2]).toContain(`"'=HYPERLINK(""http://evil.example"",""x"")"`);
    expect(lines[2]!.endsWith(`,'@SUM(A1)`)).toBe(true);
  });

  it('exports more than one page of rows, each once', async () => {
    await app.db.query(
      `INSERT INTO partner_requests (id, kind, partner_id, state, package_id, title, price_minor, currency, requested_at,
                                     decided_at)
       SELECT gen_random_uuid(), kind, partner_id, 'cancelled', package_id, title, 0, 'EUR', now(),
              timestamptz '2025-01-01' + n / 3 * interval '1 minute'
         FROM generate_series(1, 1201) AS n, (SELECT * FROM partner_requests WHERE state = 'approved') AS r`,
    );
    const response = await operator.get('operator/request-history?format=csv&state=cancelled');
    expect(response.text.trimEnd().split('\r\n')).toHaveLength(1202);
  });

  it('is for operators', async () => {
    const partner = await joinAsPartner(app, operator, 'second@h.example');
    body(await partner.get('operator/request-history'), 403);
  });
});
