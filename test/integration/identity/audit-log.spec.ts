import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Actor, AuditLog } from '../../../src/identity/index.js';
import { UnitOfWork } from '../../../src/platform/index.js';
import { createTestApp, type TestApp } from '../../support/app.js';
import { body, joinAsPartner, type Person, signIn } from '../../support/journey.js';

interface Entry {
  id: string;
  action: string;
  actorUserId: string;
  actorEmail: string;
  impersonatorId: string | null;
  impersonatorEmail: string | null;
  partnerId: string | null;
  subjectType: string;
  subjectId: string | null;
  before: object | null;
  after: object | null;
  requestId: string;
  occurredAt: string;
}
interface Page {
  items: Entry[];
  nextCursor: string | null;
}

const ADMIN = 'admin@example.com';
const SUBJECT = '01900000-0000-7000-8000-0000000005b1';

let app: TestApp;
let operator: Person;
let partner: Person;
let users: Record<string, string>;
let partnerId: string;
let approval: Entry;

beforeAll(async () => {
  app = await createTestApp();
  operator = await signIn(app, ADMIN, 'correct horse battery');
  partner = await joinAsPartner(app, operator, 'ann@example.com');
  const rows = await app.db.query<{ id: string; email: string; partner_id: string | null }[]>(
    'SELECT u.id, u.email, m.partner_id FROM users u JOIN memberships m ON m.user_id = u.id',
  );
  users = Object.fromEntries(rows.map(({ email, id }) => [email, id]));
  partnerId = rows.find(({ partner_id }) => partner_id)!.partner_id!;
  [approval] = await entries('action=partnership_request.approve');
  for (const day of [3, 4, 5]) {
    app.clock.set(`2026-11-0${day}T12:00:00Z`);
    await record({ requestId: `request-${day}`, impersonatorId: day === 4 ? users[ADMIN]! : null });
  }
  operator = await signIn(app, ADMIN, 'correct horse battery');
  partner = await signIn(app, 'ann@example.com');
});
afterAll(() => app.close());

/** An entry of the partner's owner about its own wallet. */
async function record(by: Pick<Actor, 'requestId' | 'impersonatorId'>): Promise<void> {
  const actor = { userId: users['ann@example.com'], partnerId, ...by } as Actor;
  const change = { action: 'probe.change', subject: { type: 'probe', id: SUBJECT } };
  await app.app
    .get(UnitOfWork)
    .run((tx) =>
      app.app.get(AuditLog).record(tx, actor, { ...change, before: { amountMinor: 1n }, after: null }),
    );
}

async function entries(query: string): Promise<[Entry, ...Entry[]]> {
  return body<{ items: [Entry] }>(await operator.get(`operator/audit-log?${query}`), 200).items;
}

const requestsOf = async (query: string) => (await entries(query)).map(({ requestId }) => requestId);

describe('B11 the audit log', () => {
  it('tells who did what to what, before and after, for whom, when and in which request', async () => {
    expect(approval).toEqual({
      id: approval.id,
      action: 'partnership_request.approve',
      actorUserId: users[ADMIN],
      actorEmail: ADMIN,
      impersonatorId: null,
      impersonationId: null,
      impersonatorEmail: null,
      partnerId,
      subjectType: 'partnership_request',
      subjectId: approval.subjectId,
      before: { state: 'pending' },
      after: { state: 'approved', rejectionDescription: null },
      requestId: approval.requestId,
      occurredAt: '2026-11-02T09:00:00.000Z',
    });
    expect(body(await operator.get(`operator/audit-log/${approval.id}`), 200)).toEqual(approval);
  });

  it('names the request by the id that its answer carried', async () => {
    const made = await operator.post('operator/packages', {
      name: 'Logged',
      price: { amount: '1.00', currency: 'EUR' },
    });
    const { id } = body<{ id: string }>(made, 201);
    const requestId = made.headers['x-request-id'] as string;
    expect(await entries(`requestId=${requestId}`)).toMatchObject([
      { action: 'package.create', subjectId: id, before: null, after: { name: 'Logged' }, requestId },
    ]);
  });

  it('tells who really acted when an operator acted as a partner', async () => {
    const [entry] = await entries('requestId=request-4');
    expect(entry).toMatchObject({
      actorUserId: users['ann@example.com'],
      actorEmail: 'ann@example.com',
      impersonatorId: users[ADMIN],
      impersonatorEmail: ADMIN,
      partnerId,
      before: { amountMinor: '1' },
      after: null,
    });
  });

  it('is filtered by each of its sides, and by time', async () => {
    const all = ['request-5', 'request-4', 'request-3'];
    expect(await requestsOf(`actorUserId=${users['ann@example.com']}`)).toEqual(all);
    expect(await requestsOf(`impersonatorId=${users[ADMIN]}`)).toEqual(['request-4']);
    expect(await requestsOf(`partnerId=${partnerId}&action=probe.change`)).toEqual(all);
    expect(await requestsOf('subjectType=probe')).toEqual(all);
    expect(await requestsOf(`subjectId=${SUBJECT}&requestId=request-3`)).toEqual(['request-3']);
    expect(await requestsOf('subjectType=probe&from=2026-11-04&to=2026-11-04')).toEqual(['request-4']);
    expect(await requestsOf('subjectType=probe&from=2026-11-04T12:00:00Z')).toEqual(all.slice(0, 2));
    expect(await requestsOf('subjectType=probe&to=2026-11-04T11:59:59Z')).toEqual(['request-3']);
    expect(await requestsOf('partnerId=01900000-0000-7000-8000-00000000dead')).toEqual([]);
  });

  it('is read page by page, within a filter too', async () => {
    const found: string[] = [];
    let cursor: string | null = null;
    do {
      const page: Page = body(
        await operator.get(
          `operator/audit-log?subjectType=probe&limit=1${cursor ? `&cursor=${cursor}` : ''}`,
        ),
        200,
      );
      found.push(...page.items.map(({ requestId }) => requestId));
      cursor = page.nextCursor;
    } while (cursor);
    expect(found).toEqual(['request-5', 'request-4', 'request-3']);
  });

  it.each([
    ['actor=me', 'actor'],
    ['actorUserId=me', 'actorUserId'],
    ['impersonatorId=1', 'impersonatorId'],
    ['partnerId=1', 'partnerId'],
    ['subjectId=1', 'subjectId'],
    ['action=', 'action'],
    ['requestId=a&requestId=b', 'requestId'],
    ['from=2026-13-01', 'from'],
    ['cursor=nonsense', 'cursor'],
  ])('refuses %s by its name', async (query, path) => {
    const problem = body<{ errors: { path: string }[] }>(
      await operator.get(`operator/audit-log?${query}`),
      400,
    );
    expect(problem.errors[0]!.path).toBe(path);
  });

  it('is for operators who may read it, and names what is not there', async () => {
    body(await partner.get('operator/audit-log'), 403);
    body(await partner.get(`operator/audit-log/${approval.id}`), 403);
    body(await operator.get(`operator/audit-log/${SUBJECT}`), 404);
    body(await operator.get('operator/audit-log/nonsense'), 400);
  });

  it.each([
    `UPDATE audit_log SET subject_type = 'forged'`,
    `UPDATE audit_log SET subject_type = 'forged' WHERE false`,
    'DELETE FROM audit_log',
    'TRUNCATE audit_log',
    'TRUNCATE audit_log CASCADE',
    `INSERT INTO audit_log SELECT * FROM audit_log LIMIT 1 ON CONFLICT (id) DO UPDATE SET subject_type = 'forged'`,
  ])('refuses %s even to the owner of the table', async (statement) => {
    const all = () => app.db.query<unknown[]>('SELECT * FROM audit_log ORDER BY id');
    const before = await all();
    expect(before.length).toBeGreaterThan(0);
    await expect(app.asOwner(statement)).rejects.toThrow('append-only');
    expect(await all()).toEqual(before);
  });
});
