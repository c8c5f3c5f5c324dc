import { randomUUID } from 'node:crypto';
import request from 'supertest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EventLog, PersonalData } from '../../../src/identity/index.js';
import { UnitOfWork } from '../../../src/platform/index.js';
import { PaymentMethods } from '../../../src/wallet/index.js';
import { body, callsWith, PASSWORD } from '../../support/journey.js';
import { outboxDelivered } from '../../support/outbox.js';
import { personOf } from '../identity/matrix/people.js';
import { ProgramScene, TERMS } from './program-scene.js';

interface ProblemBody {
  code: string;
  errors: { path: string; message: string }[];
}

let scene: ProgramScene;
let inviterId: string;
let code: string;

beforeAll(async () => {
  scene = await ProgramScene.open();
  inviterId = await scene.partner();
  ({ code } = await scene.show(inviterId));
});
afterAll(() => scene.app.close());

const refused = async (partnerId: string, given = code): Promise<ProblemBody> => {
  const answer = await scene.enter(partnerId, given);
  expect([409, 422], JSON.stringify(answer.body)).toContain(answer.status);
  return answer.body as ProblemBody;
};

const OFFER = '01920000-0000-7000-8000-00000000000f';
/** Something happens to a publication that is paid for with goods. */
async function tell(
  partnerId: string,
  type: 'publication_confirmed' | 'publication_reversed',
): Promise<void> {
  const data = { offerId: OFFER, offer: 'Shoes', amount: { amount: '0.00', currency: 'EUR' } };
  const event = { partnerId, type, subjectId: OFFER, data: { ...data, reason: 'False' } };
  if (type === 'publication_confirmed') delete (event.data as { reason?: string }).reason;
  await scene.app.app.get(UnitOfWork).run((tx) => scene.app.app.get(EventLog).record(tx, null, event));
  await outboxDelivered(scene.app);
}

describe('T11 the code of an inviter', () => {
  it('is entered once, however it is written, and both sides see it', async () => {
    const partnerId = await scene.partner();
    expect(await scene.show(partnerId)).toMatchObject({
      ...{ invited: null, registered: 0, fulfilled: 0, totalBonus: [{ amount: '0.00', currency: 'EUR' }] },
      canEnterCodeUntil: '2026-12-01T00:00:00.000Z',
    });
    const written = ` ${code.slice(0, 4).toLowerCase()}-${code.slice(4)} `;
    expect(body(await scene.enter(partnerId, written), 200)).toMatchObject({
      canEnterCodeUntil: null,
      invited: {
        ...{ state: 'open', bonus: { amount: '10.00', currency: 'EUR' }, payableAt: null },
        windowEndsAt: '2027-01-30T00:00:00.000Z',
        conditions: { verified: true, workConfirmed: false, earnings: [], minimumEarnings: TERMS.minimumEarnings },
      },
    });
    expect(await scene.show(inviterId)).toMatchObject({ registered: 1, fulfilled: 0, code });
    expect((await refused(partnerId)).code).toBe('INVITER_CODE_ENTERED');
    await outboxDelivered(scene.app);
    const told = await scene.app.db.query<{ type: string }[]>(
      'SELECT type FROM event_log WHERE partner_id IN ($1, $2) ORDER BY id',
      [partnerId, inviterId],
    );
    expect(told.map(({ type }) => type)).toEqual(['inviter_code_entered', 'referral_registered']);
  }); // prettier-ignore

  it('is entered once, though several are entered at once', async () => {
    const partnerId = await scene.partner();
    const partner = await scene.as(partnerId);
    const other = (await scene.show(await scene.partner())).code;
    expect((await refused(partnerId, other)).code).toBe('INVITER_SIGNED_UP_LATER');
    const answers = await Promise.all(
      Array.from({ length: 8 }, () => partner.post('partner/referral-program/inviter-code', { code })),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([200, ...Array<number>(7).fill(409)]);
  });

  it('is refused when it is nobody’s, one’s own, or of a partner who does not work with the program', async () => {
    const partnerId = await scene.partner();
    expect(await refused(partnerId, 'NOBODY22')).toMatchObject({
      code: 'INVITER_CODE_UNKNOWN',
      errors: [{ path: 'code' }],
    });
    const own = (await scene.show(partnerId)).code;
    expect((await refused(partnerId, own)).code).toBe('INVITER_CODE_OWN');
    await scene.app.db.query(`UPDATE partners SET state = 'suspended' WHERE id = $1`, [inviterId]);
    expect((await refused(partnerId)).code).toBe('INVITER_NOT_ACTIVE');
    await scene.app.db.query(`UPDATE partners SET state = 'active' WHERE id = $1`, [inviterId]);
    body(await (await scene.as(partnerId, 'partner:analyst')).post('partner/referral-program/inviter-code', { code }), 403); // prettier-ignore
    body(await scene.enter(partnerId, ' '), 400);
  });

  it('is that of who signed up earlier, also where another program knew one of both before', async () => {
    const registered = (id: string, at: string) =>
      scene.app.db.query('UPDATE partners SET created_at = $2 WHERE id = $1', [id, at]);
    const [native, imported] = [await scene.partner(), await scene.partner()];
    await registered(imported, '2020-01-01T00:00:00Z');
    const importedCode = (await scene.show(imported)).code;
    body(await scene.enter(native, importedCode), 200);

    const [younger, invited] = [await scene.partner(), await scene.partner()];
    await registered(invited, '2026-10-31T00:00:00Z');
    const youngerCode = (await scene.show(younger)).code;
    expect((await refused(invited, youngerCode)).code).toBe('INVITER_SIGNED_UP_LATER');
    const inserted = scene.app.db.query(
      `INSERT INTO referrals (id, partner_id, inviter_id, terms_id, entered_at, window_ends_at)
       SELECT gen_random_uuid(), $1, $2, terms_id, entered_at, window_ends_at FROM referrals LIMIT 1`,
      [invited, younger],
    );
    await expect(inserted).rejects.toThrow('an inviter signed up earlier');
  });

  it('is refused after the first confirmed work, and 30 days after sign-up', async () => {
    const [worker, late] = [await scene.partner(), await scene.partner()];
    await scene.earn(worker, '0.01', 'USD');
    expect((await refused(worker)).code).toBe('INVITER_CODE_AFTER_WORK');
    expect((await scene.show(worker)).canEnterCodeUntil).toBeNull();
    const publisher = await scene.partner();
    await tell(publisher, 'publication_confirmed');
    expect((await refused(publisher)).code).toBe('INVITER_CODE_AFTER_WORK');
    await tell(publisher, 'publication_reversed');
    body(await scene.enter(publisher, code), 200);
    const started = scene.app.clock.now();
    scene.app.clock.set('2026-12-01T00:00:00Z');
    expect((await refused(late)).code).toBe('INVITER_CODE_TOO_LATE');
    expect((await scene.show(late)).canEnterCodeUntil).toBeNull();
    scene.app.clock.set(started);
    // Ids tell who signed up first: those of a moment that the clock comes back to are in no order with the earlier ones.
    scene.app.clock.advance(1);
  });

  it('is refused of somebody with the same mailbox, phone or payment account', async () => {
    const { db } = scene.app;
    const emailOf = async (id: string, email: string) => {
      const { userId } = await personOf(scene.app, 'partner:owner', id);
      await db.query('UPDATE users SET email = $2 WHERE id = $1', [userId, email]);
    };
    await emailOf(inviterId, 'Ann.Reviews@gmail.com');
    const twin = await scene.partner();
    await emailOf(twin, 'annreviews+twin@gmail.com');
    expect((await refused(twin)).code).toBe('INVITER_SAME_PERSON');

    const neighbour = await scene.partner();
    await db.query(`UPDATE partners SET phone = '+4930123456' WHERE id = $1`, [inviterId]);
    const { userId } = await personOf(scene.app, 'partner:manager', neighbour);
    await db.query(`UPDATE users SET phone = '+4930123456' WHERE id = $1`, [userId]);
    expect((await refused(neighbour)).code).toBe('INVITER_SAME_PERSON');

    const colleague = await scene.partner();
    const pay = async (ownerId: string, holder: string, bic: string) => {
      const actor = { userId: userId!, impersonatorId: null };
      const fields = { holder, iban: 'DE89370400440532013000', bic };
      await scene.app.app
        .get(UnitOfWork)
        .run((tx) => scene.app.app.get(PaymentMethods).add(tx, { ownerId, actor }, 'bank_transfer', fields));
    };
    await pay(inviterId, 'Ann Reviews', 'COBADEFFXXX');
    await pay(colleague, 'Bob Other', 'COBADEFF');
    expect((await refused(colleague)).code).toBe('INVITER_SAME_PERSON');
    body(await scene.enter(await scene.partner(), code), 200);
  });

  it('may be given at sign-up, which it never refuses', async () => {
    const signUp = async (email: string, inviterCode: string): Promise<string> => {
      const form = { email, inviterCode, password: PASSWORD, name: 'New', kind: 'creator', country: 'DE' };
      const answer = await request(scene.app.url).post('/api/v1/auth/register').send(form);
      return body<{ partnerId: string }>(answer, 201).partnerId;
    };
    const came = await signUp('came@new.example', code.toLowerCase());
    const lost = await signUp('lost@new.example', 'NOBODY22');
    await outboxDelivered(scene.app);
    expect((await scene.show(came)).invited).toMatchObject({
      state: 'open',
      conditions: { verified: false, workConfirmed: false },
    });
    const shown = await scene.show(lost);
    expect(shown.invited).toBeNull();
    expect(shown.canEnterCodeUntil).not.toBeNull();
    const [event] = await scene.app.db.query<[{ type: string; data: { reason: string } }]>(
      'SELECT type, data FROM event_log WHERE partner_id = $1 ORDER BY id DESC LIMIT 1',
      [lost],
    );
    expect(event).toMatchObject({ type: 'inviter_code_refused', data: { reason: 'it is nobody’s code' } }); // prettier-ignore
    body(await scene.enter(lost, code), 200);
  });

  it('comes to nothing when one of both is erased, which the other one is told', async () => {
    const [invited, inviter] = [await scene.pair(), await scene.pair()];
    const { erase } = scene.app.app.get(PersonalData).rooms().find(({ room }) => room === 'referrals')!; // prettier-ignore
    const endOf = (leaver: string, told: string) =>
      scene.app.app
        .get(UnitOfWork)
        .run((tx) => erase!(tx, leaver))
        .then(() =>
          scene.app.db.query(
            `SELECT r.state, r.ended_at AS "endedAt", array_agg(e.partner_id) AS told, min(e.data ->> 'reason') AS reason
               FROM referrals r LEFT JOIN event_log e ON e.subject_id = r.id AND e.type = 'referral_ended'
              WHERE $1 IN (r.partner_id, r.inviter_id) AND $2 IN (r.partner_id, r.inviter_id) GROUP BY r.id`,
            [leaver, told],
          ),
        );
    for (const [leaver, other] of [
      [invited.partnerId, invited.inviterId],
      [inviter.inviterId, inviter.partnerId],
    ] as const) {
      expect(await endOf(leaver, other)).toEqual([
        {
          ...{ state: 'declined', endedAt: scene.app.clock.now(), told: [other] },
          reason: 'one of both has left the program',
        },
      ]);
    }
  });

  it('is taken only while the program is open, and the latest terms hold', async () => {
    const [before, after] = [await scene.partner(), await scene.partner()];
    const operator = await scene.operator('operator:finance');
    body(await operator.post('operator/referral-program', { ...TERMS, open: false }), 201);
    expect((await refused(before)).code).toBe('REFERRAL_PROGRAM_CLOSED');
    body(await operator.post('operator/referral-program', TERMS), 201);
    body(await scene.enter(before, code), 200);
    const better = { ...TERMS, invitedBonus: '15.00', windowDays: 60, howItWorks: ['Invite.', 'Earn.'] };
    body(await operator.post('operator/referral-program', better), 201);
    expect(body(await scene.enter(after, code), 200)).toMatchObject({
      invited: { bonus: { amount: '15.00' }, windowEndsAt: '2026-12-31T00:00:00.000Z' },
      howItWorks: ['Invite.', 'Earn.'],
    });
    expect((await scene.show(before)).invited).toMatchObject({ bonus: { amount: '10.00' } });
    expect(body(await operator.get('operator/referral-program'), 200)).toMatchObject({
      terms: { invitedBonus: { amount: '15.00' }, windowDays: 60, holdDays: 14 },
    });
  });
});

describe('T11 the terms of the referral program', () => {
  it('make sense, or the field that does not is named', async () => {
    const operator = await scene.operator();
    for (const [changes, status, path] of [
      [{ inviterBonus: '0.00', invitedBonus: '0.00' }, 422, 'inviterBonus'],
      [{ inviterBonus: '1e3' }, 422, 'inviterBonus'],
      [{ invitedBonus: '0.001' }, 422, 'invitedBonus'],
      [{ minimumEarnings: [TERMS.minimumEarnings[0], { amount: '0', currency: 'USD' }] }, 422, 'minimumEarnings.1.amount'], // prettier-ignore
      [{ currency: 'EURO' }, 422, 'currency'],
      [{ minimumEarnings: [] }, 400, 'minimumEarnings'],
      [{ minimumEarnings: [null] }, 400, 'minimumEarnings'],
      [{ minimumEarnings: [[]] }, 400, 'minimumEarnings'],
      [{ minimumEarnings: [TERMS.minimumEarnings[0], TERMS.minimumEarnings[0]] }, 422, 'minimumEarnings'],
      [{ windowDays: 29 }, 400, 'windowDays'],
      [{ holdDays: 91 }, 400, 'holdDays'],
      [{ howItWorks: [''] }, 400, 'howItWorks'],
      [{ id: randomUUID() }, 400, 'id'],
    ] as const) {
      const answer = await operator.post('operator/referral-program', { ...TERMS, ...changes });
      expect([answer.status, (answer.body as ProblemBody).errors[0]!.path]).toEqual([status, path]);
    }
    body(await (await scene.operator('operator:support')).post('operator/referral-program', TERMS), 403);
    body(await callsWith(scene.app, 'none').get('operator/referral-program'), 401);
  });

  it('are told in steps where operators wrote none', async () => {
    body(await (await scene.operator()).post('operator/referral-program', TERMS), 201);
    const { howItWorks, link, code: own } = await scene.show(inviterId);
    expect(howItWorks.at(-1)).toBe('14 days later you get 20.00 EUR and they get 10.00 EUR.');
    expect(howItWorks[2]).toContain('at least 100.00 EUR or 110.00 USD within 90 days');
    expect(link).toMatch(new RegExp(`/sign-up\\?inviterCode=${own}$`));
  });
});
