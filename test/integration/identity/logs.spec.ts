import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EventLog } from '../../../src/identity/index.js';
import { UnitOfWork } from '../../../src/platform/index.js';
import { createTestApp, type TestApp } from '../../support/app.js';
import { body } from '../../support/journey.js';
import { activePartner, codeOf, open, type SignedIn } from './scene.js';

interface Page<T> {
  items: T[];
  nextCursor: string | null;
}

let app: TestApp;
let ann: SignedIn;
let bob: SignedIn;
let operator: SignedIn;
let annId: string;

beforeAll(async () => {
  app = await createTestApp();
  annId = await activePartner(app, 'ann@example.com');
  const bobId = await activePartner(app, 'bob@example.com');
  for (let number = 1; number <= 5; number += 1) await event(annId, number);
  await event(bobId, 6);
  ann = await open(app, 'ann@example.com');
  bob = await open(app, 'bob@example.com');
  operator = await open(app, 'admin@example.com', { password: 'correct horse battery' });
});
afterAll(() => app.close());

async function event(partnerId: string, number: number): Promise<void> {
  await app.app.get(UnitOfWork).run((tx) =>
    app.app.get(EventLog).record(tx, {
      partnerId,
      type: 'bill_approved',
      actorUserId: null,
      subject: { type: 'bill', id: null },
      data: { number },
    }),
  );
}

describe('A29 event log', () => {
  it('lists the own partner’s events, newest first, page by page', async () => {
    const numbers: number[] = [];
    let cursor: string | null = null;
    do {
      const page: Page<{ data: { number: number } }> = body(
        await ann.as.get(`partner/events?limit=2${cursor ? `&cursor=${cursor}` : ''}`),
        200,
      );
      numbers.push(...page.items.map(({ data }) => data.number));
      cursor = page.nextCursor;
    } while (cursor);
    expect(numbers).toEqual([5, 4, 3, 2, 1]);
  });

  it('shows one by id, and another partner’s to nobody', async () => {
    const { items } = body<Page<{ id: string }>>(await ann.as.get('partner/events'), 200);
    const [{ id }] = items as [{ id: string }];
    expect((await ann.as.get(`partner/events/${id}`)).body).toMatchObject({ id, type: 'bill_approved' });
    expect(codeOf(await bob.as.get(`partner/events/${id}`))).toBe('404 NOT_FOUND');
    expect(codeOf(await operator.as.get(`partner/events/${id}`))).toBe('403 PERMISSION_DENIED');
    expect((await ann.as.get('partner/events/nonsense')).status).toBe(400);
  });

  it.each(['nonsense', 'bm9uc2Vuc2U', '%00', "'"])('refuses the cursor %s', async (cursor) => {
    expect((await ann.as.get(`partner/events?cursor=${cursor}`)).status).toBe(400);
  });
});

describe('the operators’ audit log', () => {
  it('tells who did what to what, with the request', async () => {
    const { items } = body<Page<Record<string, unknown>>>(await operator.as.get('operator/audit-log'), 200);
    expect(items.length).toBeGreaterThan(1);
    expect(items[0]).toMatchObject({
      actorEmail: 'admin@example.com',
      impersonatorId: null,
      action: 'partnership_request.approve',
      subjectType: 'partnership_request',
      before: { state: 'pending' },
      after: { state: 'approved' },
    });
    expect(items[0]!['requestId']).toEqual(expect.any(String));
    const only = body<Page<Record<string, unknown>>>(
      await operator.as.get(`operator/audit-log?subjectId=${String(items[0]!['subjectId'])}`),
      200,
    );
    expect(only.items).toHaveLength(1);
  });

  it('names an unknown filter', async () => {
    const answer = await operator.as.get('operator/audit-log?actor=me');
    expect(codeOf(answer)).toBe('400 VALIDATION_FAILED');
    expect(answer.body.errors[0].path).toBe('actor');
  });
});

describe.each(['event_log', 'audit_log'])('A29 the table %s', (table) => {
  it.each([
    `UPDATE ${table} SET subject_type = 'forged'`,
    `UPDATE ${table} SET subject_type = 'forged' WHERE false`,
    `DELETE FROM ${table}`,
    `TRUNCATE ${table}`,
    `TRUNCATE ${table} CASCADE`,
    `INSERT INTO ${table} SELECT * FROM ${table} LIMIT 1 ON CONFLICT (id) DO UPDATE SET subject_type = 'forged'`,
  ])('refuses %s', async (statement) => {
    const rows = () => app.db.query<unknown[]>(`SELECT * FROM ${table} ORDER BY id`);
    const before = await rows();
    expect(before.length).toBeGreaterThan(0);
    await expect(app.db.query(statement)).rejects.toThrow('append-only');
    expect(await rows()).toEqual(before);
  });
});
