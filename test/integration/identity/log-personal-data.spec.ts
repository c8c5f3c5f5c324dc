import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Actor, AuditLog } from '../../../src/identity/index.js';
import { UnitOfWork } from '../../../src/platform/index.js';
import { createTestApp, type TestApp } from '../../support/app.js';
import { body, joinAsPartner, type Person, signIn } from '../../support/journey.js';

let app: TestApp;
let operator: Person;
beforeAll(async () => {
  app = await createTestApp();
  operator = await signIn(app, 'admin@example.com', 'correct horse battery');
  await joinAsPartner(app, operator, 'ann@partners.example');
});
afterAll(() => app.close());

describe('B12 what is personal in the logs', () => {
  it('is shown with an entry of the audit log, and kept beside it', async () => {
    const [{ partnerId, userId }] = await app.db.query<[{ partnerId: string; userId: string }]>(
      `SELECT partner_id AS "partnerId", user_id AS "userId" FROM memberships WHERE partner_id IS NOT NULL`,
    );
    const actor = { userId, partnerId: null, impersonatorId: null, requestId: 'test' } as Actor;
    const subjectId = randomUUID();
    const before = { phone: '+49 30 1', state: 'active' };
    const after = { phone: '+49 30 2', state: 'active' };
    await app.app.get(UnitOfWork).run(async (tx) => {
      const auditLog = app.app.get(AuditLog);
      const subject = { type: 'partner', id: subjectId };
      await auditLog.record(tx, actor, { action: 'partner.change', subject, partnerId, before, after });
      await auditLog.record(tx, actor, {
        action: 'brand.make',
        subject,
        before: null,
        after: { name: 'Brand' },
      });
    });
    const { items } = body<{ items: object[] }>(
      await operator.get(`operator/audit-log?subjectId=${subjectId}`),
      200,
    );
    expect(items).toMatchObject([
      { before: null, after: { name: 'Brand' } },
      { before, after },
    ]);
    const kept = await app.db.query(
      'SELECT before, after FROM audit_log WHERE subject_id = $1 ORDER BY id DESC',
      [subjectId],
    );
    expect(kept).toEqual([
      { before: null, after: { name: 'Brand' } },
      { before: { state: 'active' }, after: { state: 'active' } },
    ]);
  });

  it.each([
    `UPDATE log_personal_data SET data = '{}'`,
    'DELETE FROM log_personal_data',
    'TRUNCATE log_personal_data',
  ])('is guarded like the logs: %s', async (statement) => {
    await expect(app.asOwner(statement)).rejects.toMatchObject({ code: '23001' });
  });
});
