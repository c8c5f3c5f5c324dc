import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ErasureJob } from '../../../src/partner-management/erasure/erasure.job.js';
import { createTestApp, type TestApp } from '../../support/app.js';
import { body, PASSWORD } from '../../support/journey.js';
import { outboxDelivered } from '../../support/outbox.js';
import { codeOf, open, type SignedIn } from '../identity/scene.js';
import { Team } from './team-scene.js';

const WEEK_SECONDS = 7 * 86_400;
const reason = 'Somebody else signs in as you';

let app: TestApp;
let operator: SignedIn;
let team: Team;
let cyId: string;

const openOperator = () => open(app, 'admin@example.com', { password: 'correct horse battery' });
const runJob = () => app.app.get(ErasureJob).run();
const askFor = ({ as }: SignedIn) => as.post('partner/erasure', { password: PASSWORD });
const block = (id: string) => operator.as.post(`operator/users/${id}/block`, { reason });

beforeAll(async () => {
  app = await createTestApp();
});
afterAll(() => app.close());
beforeEach(async () => {
  operator = await openOperator();
  team = await Team.start(app);
  cyId = await team.join('cy', 'owner');
});

async function erasures(): Promise<{ id: string; state: string }[]> {
  return app.db.query('SELECT id, state FROM partner_erasures WHERE partner_id = $1 ORDER BY id', [
    team.partnerId,
  ]);
}
const states = async () => (await erasures()).map(({ state }) => state);

/** Goes on until the erasure that was asked for is due. */
async function untilDue(): Promise<void> {
  app.clock.advance(WEEK_SECONDS);
  operator = await openOperator();
}

describe('B12 the erasure that somebody asked for whom operators block', () => {
  it('is withdrawn with the block, which the log, the audit log and the other owners are told', async () => {
    body(await askFor(team.owner), 202);
    const { id } = (await erasures())[0]!;
    body(await block(team.ownerId), 200);
    expect(await states()).toEqual(['cancelled']);
    expect((await app.mailbox(team.address('cy'))).at(-1)).toMatchObject({
      subject: 'Your data will not be erased',
      text: expect.stringContaining('an operator blocked the owner who had asked for it') as string,
    });
    const cy = await open(app, team.address('cy'));
    await outboxDelivered(app);
    const { items } = body<{ items: object[] }>(await cy.as.get('partner/events?limit=10'), 200);
    expect(items).toContainEqual(expect.objectContaining({ type: 'erasure_cancelled', subjectId: id }));
    const audit = body<{ items: object[] }>(await operator.as.get(`operator/audit-log?subjectId=${id}`), 200);
    expect(audit.items).toMatchObject([
      {
        action: 'erasure.cancel',
        partnerId: team.partnerId,
        before: { state: 'pending' },
        after: { state: 'cancelled', reason: 'Who asked for it was blocked.' },
      },
    ]);

    await untilDue();
    await runJob();
    expect(await states()).toEqual(['cancelled']);
    body(await askFor(await open(app, team.address('cy'))), 202);
    expect(await states()).toEqual(['cancelled', 'pending']);
  });

  it('stays as it is when another owner is blocked, and once it is cancelled', async () => {
    body(await askFor(team.owner), 202);
    body(await block(cyId), 200);
    expect(await states()).toEqual(['pending']);
    body(await team.owner.as.delete('partner/erasure'), 200);
    body(await block(team.ownerId), 200);
    const mails = await app.mailbox(team.address('ann'));
    expect(mails.filter(({ subject }) => subject === 'Your data will not be erased')).toHaveLength(1);
  });

  it('has begun, or is withdrawn: never does the block fail half-way', async () => {
    body(await askFor(team.owner), 202);
    await untilDue();
    const [blocked] = await Promise.all([block(team.ownerId), runJob()]);
    const [state] = await states();
    expect(['cancelled', 'done']).toContain(state);
    if (state === 'cancelled') expect(codeOf(blocked)).toBe('200 OK');
  });
});

describe('B12 the erasure that somebody asked for whom the team blocks', () => {
  it('does not begin until the block is lifted, and the owners know why', async () => {
    body(await askFor(team.owner), 202);
    const cy = await open(app, team.address('cy'));
    body(await cy.as.post(`partner/users/${team.ownerId}/block`), 200);
    await untilDue();
    await runJob();
    expect(await states()).toEqual(['pending']);
    expect((await app.mailbox(team.address('cy'))).at(-1)).toMatchObject({
      subject: 'The erasure of your data has to wait',
      text: expect.stringContaining('The owner who asked for it is blocked.') as string,
    });
    const { as } = await open(app, team.address('cy'));
    body(await as.post(`partner/users/${team.ownerId}/unblock`), 200);
    app.clock.advance(86_400);
    await runJob();
    expect(await states()).toEqual(['done']);
  });
});
