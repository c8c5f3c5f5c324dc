import type { ExecutionContext } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import { defer, lastValueFrom } from 'rxjs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ImpersonationTrail } from '../../../src/identity/impersonation-trail.js';
import { LostRace, UnitOfWork } from '../../../src/platform/index.js';
import { createTestApp, type TestApp } from '../../support/app.js';
import { body, type Calls, impersonate, joinAsPartner, type Person, signIn } from '../../support/journey.js';
import { waitingForLock } from '../../support/locks.js';
import { makeProgram, type Program } from '../../support/program.js';
import { codeOf } from './scene.js';

interface Entry {
  id: string;
  kind: string;
  operator: { name: string; role: string };
  impersonation: { id: string; reason: string; endedBy: string | null } | null;
  action: string;
  subjectId: string | null;
  before: Record<string, unknown> | null;
  after: Record<string, unknown> | null;
}
interface Page {
  items: Entry[];
  nextCursor: string | null;
}

let app: TestApp;
let operator: Person;
let ann: Person;
let bob: Person;
let annId: string;
let program: Program;
let impersonator: Calls & { accessToken: string };

beforeAll(async () => {
  app = await createTestApp();
  operator = await signIn(app, 'admin@example.com', 'correct horse battery');
  program = await makeProgram(operator);
  ann = await joinAsPartner(app, operator, 'ann@example.com');
  bob = await joinAsPartner(app, operator, 'bob@example.com');
  annId = body<{ partnerId: string }>(await ann.get('me'), 200).partnerId;
  impersonator = await impersonate(app, operator, annId, 'First campaign.');
});
afterAll(() => app.close());

const campaign = (name: string) => ({
  name,
  brandId: program.brandId,
  commissionPlanId: program.planId,
});

/** Entries about writes under the running impersonation, oldest first. */
function writes(): Promise<{ after: Record<string, unknown>; actor: string; impersonator: string }[]> {
  return app.db.query(
    `SELECT a.after, u.email AS actor, op.email AS impersonator
       FROM audit_log a JOIN users u ON u.id = a.actor_user_id JOIN users op ON op.id = a.impersonator_id
      WHERE a.action = 'impersonation.write' ORDER BY a.id`,
  );
}

async function log(who: Calls, query = ''): Promise<Page> {
  return body<Page>(await who.get(`partner/impersonation-log${query}`), 200);
}

/** Runs the work as the handler of a request by the impersonator. */
async function asRequest(method: string, work: () => Promise<void>): Promise<void> {
  const [user] = await app.db.query<[object]>(
    `SELECT jsonb_build_object('id', id) AS impersonation, owner_user_id AS "userId", operator_user_id AS "impersonatorId",
            partner_id AS "partnerId", 'test' AS "requestId" FROM impersonations WHERE ended_at IS NULL`,
  );
  const request = { user, method, url: '/test', body: {} };
  const context = {
    switchToHttp: () => ({ getRequest: () => request }),
    getHandler: () => asRequest,
    getClass: () => UnitOfWork,
  } as unknown as ExecutionContext;
  await lastValueFrom(app.app.get(ImpersonationTrail).intercept(context, { handle: () => defer(work) }));
}

describe('O09 writes while impersonating', () => {
  it('are in the audit log with both ids, each once, and reads are not', async () => {
    const made = body<{ id: string }>(await impersonator.post('partner/campaigns', campaign('Summer')), 201);
    await impersonator.get('partner/campaigns');
    body(await impersonator.post(`partner/campaigns/${made.id}/archive`), 200);
    expect(await writes()).toEqual([
      {
        actor: 'ann@example.com',
        impersonator: 'admin@example.com',
        after: {
          method: 'POST',
          path: '/api/v1/partner/campaigns',
          sent: ['name', 'brandId', 'commissionPlanId'],
          resultId: made.id,
        },
      },
      {
        actor: 'ann@example.com',
        impersonator: 'admin@example.com',
        after: {
          method: 'POST',
          path: `/api/v1/partner/campaigns/${made.id}/archive`,
          sent: [],
          resultId: made.id,
        },
      },
    ]);
  });

  it('leave no entry when they are refused, and none of the partner’s own', async () => {
    const before = (await writes()).length;
    expect((await impersonator.post('partner/campaigns', campaign(''))).status).toBe(400);
    expect((await impersonator.post(`partner/campaigns/${randomUUID()}/archive`)).status).toBe(404);
    body(await ann.post('partner/campaigns', campaign('Ann’s own')), 201);
    expect(await writes()).toHaveLength(before);
  });

  it('are none when something is only read, also where reading makes what is shown', async () => {
    const before = (await writes()).length;
    const read = async (who: Calls) =>
      body<{ code: string }>(await who.get('partner/referral-program'), 200).code;
    const code = await read(impersonator);
    expect(await read(ann)).toBe(code);
    expect(await writes()).toHaveLength(before);
  });

  it('have one entry for a request, also of several transactions or one that is run again', async () => {
    const before = (await writes()).length;
    const name = `UPDATE campaigns SET name = name WHERE partner_id = '${annId}'`;
    const unitOfWork = app.app.get(UnitOfWork);
    let runs = 0;
    let late: Promise<unknown> = Promise.resolve();
    await asRequest('POST', async () => {
      await unitOfWork.run(async (tx) => {
        await tx.query(name);
        runs += 1;
        if (runs === 1) throw new LostRace('LOST', 'Another was faster');
      });
      await unitOfWork.run((tx) => tx.query(name));
      late = new Promise((resolve) => setImmediate(resolve)).then(() =>
        unitOfWork.run((tx) => tx.query(name)),
      );
    });
    await late;
    expect(runs).toBe(2);
    expect(await writes()).toHaveLength(before + 1);
  });

  it('do not stand without their entry', async () => {
    await app.asOwner(`
      CREATE FUNCTION refuse_entry() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'no entry'; END $$;
      CREATE TRIGGER refuse_entry BEFORE INSERT ON audit_log FOR EACH ROW EXECUTE FUNCTION refuse_entry()`);
    expect((await impersonator.post('partner/campaigns', campaign('Unseen'))).status).toBe(500);
    await app.asOwner('DROP TRIGGER refuse_entry ON audit_log; DROP FUNCTION refuse_entry()');
    const { items } = body<{ items: { name: string }[] }>(await ann.get('partner/campaigns'), 200);
    expect(items.map(({ name }) => name)).not.toContain('Unseen');
  });

  it('of many at once have an entry each', async () => {
    const before = (await writes()).length;
    const names = Array.from({ length: 10 }, (_, number) => `Parallel ${number}`);
    const made = await Promise.all(
      names.map((name) => impersonator.post('partner/campaigns', campaign(name))),
    );
    const ids = made.map((answer) => body<{ id: string }>(answer, 201).id);
    const entries = (await writes()).slice(before);
    expect(entries.map(({ after }) => after['resultId']).sort()).toEqual(ids.sort());
  });

  it('are not replayed to the partner by its idempotency key, nor the other way round', async () => {
    const key = randomUUID();
    const first = await impersonator.postWithKey('partner/campaigns', campaign('Keyed'), key);
    const own = await ann.postWithKey('partner/campaigns', campaign('Keyed by Ann'), key);
    const again = await impersonator.postWithKey('partner/campaigns', campaign('Keyed'), key);
    const [a, b, c] = [first, own, again].map((answer) => body<{ id: string }>(answer, 201).id);
    expect(b).not.toBe(a);
    expect(c).toBe(a);
    expect(again.headers['idempotent-replayed']).toBe('true');
    expect(own.headers['idempotent-replayed']).toBeUndefined();
    expect((await writes()).filter(({ after }) => after['resultId'] === a)).toHaveLength(1);
  });

  it('under way when the impersonation ends do not commit after it', async () => {
    const other = await impersonate(app, await secondOperator(), annId, 'Race.');
    const unitOfWork = app.app.get(UnitOfWork);
    // Ends it between the request's check and its commit: the campaign's row is locked meanwhile.
    const { id } = body<{ id: string }>(await ann.post('partner/campaigns', campaign('Raced')), 201);
    let pending: Promise<{ status: number }> | undefined;
    await unitOfWork.run(async (tx) => {
      await tx.query('SELECT id FROM campaigns WHERE id = $1 FOR UPDATE', [id]);
      pending = other.post(`partner/campaigns/${id}/archive`);
      await waitingForLock(app);
      await app.db.query(
        `UPDATE impersonations SET ended_at = started_at, ended_by = 'exit' WHERE reason = 'Race.'`,
      );
    });
    expect((await pending!).status).toBe(401);
    const raced = body<{ state: string }>(await ann.get(`partner/campaigns/${id}`), 200);
    expect(raced.state).toBe('active');
  });
});

/** Another operator who may impersonate. */
async function secondOperator(): Promise<Calls> {
  await app.db.query(`
    INSERT INTO users (id, email, password_hash, name, created_at, email_verified_at)
    SELECT gen_random_uuid(), 'olga@example.com', password_hash, 'Olga', now(), now()
      FROM users WHERE email = 'admin@example.com';
    INSERT INTO memberships (id, user_id, realm, role, active)
    SELECT gen_random_uuid(), id, 'operator', 'manager', true FROM users WHERE email = 'olga@example.com'`);
  return signIn(app, 'olga@example.com', 'correct horse battery');
}

describe('B11 the partner’s impersonation log', () => {
  it('shows who, when, until, why and what was written, newest first', async () => {
    body(await operator.post('operator/impersonation/exit'), 200);
    const { items } = await log(ann, '?limit=200');
    const start = items.find(
      ({ kind, impersonation }) => kind === 'start' && impersonation?.reason === 'First campaign.',
    )!;
    expect(start).toMatchObject({
      operator: { role: 'admin' },
      action: 'impersonation.start',
      impersonation: { reason: 'First campaign.', endedBy: 'exit', startedAt: expect.any(String) as string },
    });
    expect(start.operator.name).not.toContain('@');
    const own = items.filter(({ impersonation }) => impersonation?.id === start.impersonation!.id);
    expect([own[0]!.kind, own.at(-1)!.kind]).toEqual(['end', 'start']);
    expect(own.slice(1, -1).every(({ kind, after }) => kind === 'write' && after?.['path'])).toBe(true);
    expect(own.length).toBeGreaterThan(10);
    const filtered = await log(ann, `?limit=200&impersonationId=${start.impersonation!.id}`);
    expect(filtered.items).toEqual(own);
  });

  it('shows every change an operator made to the partner as itself', async () => {
    body(await operator.post(`operator/partners/${annId}/suspend`, { reason: 'Asked to' }), 200);
    body(await operator.post(`operator/partners/${annId}/reactivate`), 200);
    const { items } = await log(ann, '?kind=change');
    expect(items.map(({ action, impersonation }) => [action, impersonation])).toEqual([
      ['partner.reactivate', null],
      ['partner.suspend', null],
      ['partnership_request.approve', null],
    ]);
    expect(items[0]).toMatchObject({ before: { state: 'suspended' }, after: { state: 'active' } });
  });

  it('goes page by page without gap or repetition', async () => {
    const all = (await log(ann, '?limit=200')).items.map(({ id }) => id);
    const paged: string[] = [];
    let cursor: string | null = null;
    do {
      const page: Page = await log(ann, `?limit=3${cursor ? `&cursor=${cursor}` : ''}`);
      paged.push(...page.items.map(({ id }) => id));
      cursor = page.nextCursor;
    } while (cursor);
    expect(paged).toEqual(all);
  });

  it('is each partner’s own', async () => {
    const { items } = await log(bob);
    expect(items.map(({ action }) => action)).toEqual(['partnership_request.approve']);
    const foreign = (await log(ann, '?kind=start')).items[0]!.impersonation!.id;
    expect((await log(bob, `?impersonationId=${foreign}`)).items).toEqual([]);
    expect(codeOf(await operator.get('partner/impersonation-log'))).toBe('403 PERMISSION_DENIED');
  });

  it.each(['kind=all', 'impersonationId=1', 'cursor=nonsense', 'operator=me'])(
    'refuses ?%s',
    async (query) => {
      expect((await ann.get(`partner/impersonation-log?${query}`)).status).toBe(400);
    },
  );
});
