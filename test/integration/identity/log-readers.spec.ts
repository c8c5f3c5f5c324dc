import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AuditLog, EventLog, type EventType } from '../../../src/identity/index.js';
import { UnitOfWork } from '../../../src/platform/index.js';
import { createTestApp, type TestApp } from '../../support/app.js';
import { body, type Calls, impersonate, type Person, signIn } from '../../support/journey.js';
import { activePartner, addUser, open } from './scene.js';

interface Page {
  items: { id: string; type: EventType; action: string; subjectId: string | null; after: object | null }[];
  nextCursor: string | null;
}

const AMOUNT = { amount: '300.00', currency: 'EUR' };
const ROLES = ['manager', 'finance', 'analyst'] as const;
type Role = 'owner' | 'impersonator' | (typeof ROLES)[number];

let app: TestApp;
let partnerId: string;
const people = {} as Record<Role, Pick<Calls, 'get'>>;
const ids = {} as Record<Role, string>;

beforeAll(async () => {
  app = await createTestApp();
  partnerId = await activePartner(app, 'ann@example.com');
  people.owner = (await open(app, 'ann@example.com')).as;
  for (const role of ROLES) {
    const email = `${role}@example.com`;
    ids[role] = await addUser(app, { email, name: role, role, partnerId });
    people[role] = (await open(app, email)).as;
  }
  const operator = await signIn(app, 'admin@example.com', 'correct horse battery');
  people.impersonator = await impersonate(app, operator, partnerId, 'Looks around.');
});
afterAll(() => app.close());

/** Types, or actions, of everything that the role reads of the list, by pages of two. */
async function read(role: Role, path: string): Promise<string[]> {
  const found: string[] = [];
  let cursor: string | null = null;
  do {
    const page: Page = body(
      await people[role].get(`${path}?limit=2${cursor ? `&cursor=${cursor}` : ''}`),
      200,
    );
    if (page.nextCursor) expect(page.items).toHaveLength(2);
    found.push(...page.items.map(({ type, action }) => type ?? action));
    cursor = page.nextCursor;
  } while (cursor);
  return found.reverse();
}

describe('A29 who reads which events', () => {
  beforeAll(async () => {
    const money = { amount: AMOUNT, paymentMethodId: randomUUID(), comment: 'wrong account' };
    const file = { type: 'identity', fileName: 'passport.pdf' };
    const mails = { oldEmail: 'finance@example.com', newEmail: 'private@example.com' };
    const event = <T extends EventType>(type: T, data: object, subjectId: string = randomUUID()) => ({
      ...{ partnerId, type, subjectId, data: data as never },
    });
    await app.app.get(UnitOfWork).run((tx) =>
      app.app.get(EventLog).recordAll(tx, null, [
        event('bill_approved', { amount: AMOUNT }),
        event('cashout_cancelled', money),
        event('balance_corrected', { amount: AMOUNT, comment: 'bonus for Ann' }),
        event('cashout_schedule_paused', {
          currency: 'EUR',
          paymentMethodId: randomUUID(),
          times: 'monthly',
        }),
        event('payment_method_added', { paymentMethodId: randomUUID() }),
        event('document_uploaded', file),
        event('email_change_requested', mails, ids.finance),
        event('member_blocked', { role: 'analyst' }, ids.analyst),
        event('profile_changed', { changed: ['phone'] }, partnerId),
      ]),
    );
    await app.app
      .get(UnitOfWork)
      .run((tx) =>
        app.app
          .get(EventLog)
          .record(
            tx,
            { userId: ids.finance, impersonatorId: null },
            event('identity_linked', { provider: 'acme', email: 'private@example.com' }),
          ),
      );
  });

  const WALLET = ['cashout_cancelled', 'balance_corrected', 'cashout_schedule_paused'];
  it.each<[Role, string[]]>([
    [
      'owner',
      [
        ...['bill_approved', ...WALLET, 'payment_method_added', 'document_uploaded'],
        ...['email_change_requested', 'member_blocked', 'profile_changed', 'identity_linked'],
      ],
    ],
    ['manager', ['bill_approved', ...WALLET, 'email_change_requested', 'member_blocked', 'profile_changed']],
    [
      'finance',
      [
        ...['bill_approved', ...WALLET, 'payment_method_added', 'document_uploaded'],
        ...['email_change_requested', 'profile_changed', 'identity_linked'],
      ],
    ],
    ['analyst', ['bill_approved', 'member_blocked', 'profile_changed']],
    ['impersonator', ['bill_approved', ...WALLET, 'payment_method_added', 'profile_changed']],
  ])('%s: what its permissions open, and what is about itself', async (role, types) => {
    const found = await read(role, 'partner/events');
    // Asking to be a partner and being approved came before.
    expect(found.filter((type) => !type.startsWith('request_'))).toEqual(types);
  });

  it('shows nobody by id what the list keeps from it', async () => {
    const { items } = body<Page>(await people.owner.get('partner/events?type=balance_corrected'), 200);
    const { id } = items[0]!;
    expect((await people.analyst.get(`partner/events/${id}`)).status).toBe(404);
    expect((await people.manager.get(`partner/events/${id}`)).status).toBe(200);
    const { items: none } = body<Page>(
      await people.analyst.get('partner/events?type=balance_corrected'),
      200,
    );
    expect(none).toEqual([]);
  });
});

describe('B11 who reads what operators changed', () => {
  beforeAll(async () => {
    const [{ id: userId }] = await app.db.query<[{ id: string }]>(
      `SELECT id FROM users WHERE email = 'admin@example.com'`,
    );
    const actor = { userId, impersonatorId: null, partnerId: null, requestId: 'test' };
    const entry = (action: string, subjectId: string = randomUUID()) => ({
      ...{ action, subject: { type: action.split('.')[0]!, id: subjectId }, partnerId },
      ...{ before: null, after: { amount: AMOUNT } },
    });
    const actions = [
      'partner.assign_manager',
      'cashout.cancel',
      'balance_correction.post',
      'document.decline',
    ];
    await app.app
      .get(UnitOfWork)
      .run((tx) =>
        app.app
          .get(AuditLog)
          .recordAll(tx, actor, [
            ...actions.map((action) => entry(action)),
            entry('user.unlocked', ids.analyst),
            { ...entry('user.two_factor_reset'), after: { role: 'finance', reason: 'Suspected of fraud' } },
            entry('brand_new.thing'),
          ]),
      );
  });

  const OPEN = ['partnership_request.approve', 'impersonation.start', 'partner.assign_manager'];
  const WALLET = ['cashout.cancel', 'balance_correction.post'];
  const TEAM = ['user.unlocked', 'user.two_factor_reset'];
  it.each<[Role, string[]]>([
    ['owner', [...OPEN, ...WALLET, 'document.decline', ...TEAM, 'brand_new.thing']],
    ['manager', [...OPEN, ...WALLET, ...TEAM]],
    ['finance', [...OPEN, ...WALLET, 'document.decline']],
    ['analyst', [...OPEN, 'user.unlocked']],
    ['impersonator', [...OPEN, ...WALLET]],
  ])('%s: what its permissions open, and what is about itself', async (role, actions) => {
    expect(await read(role, 'partner/impersonation-log')).toEqual(actions);
  });
});

describe('B11 what operators keep for themselves', () => {
  let operator: Person;
  beforeAll(async () => {
    operator = await signIn(app, 'admin@example.com', 'correct horse battery');
  });

  /** Actions in the operators' log and in the partner's, since the last entry there was. */
  const since = async (action: string) => ({
    kept: body<Page>(await operator.get(`operator/audit-log?action=${action}&limit=1`), 200).items[0],
    shown: body<Page>(await people.owner.get('partner/impersonation-log?limit=200'), 200).items.filter(
      (entry) => entry.action === action,
    ),
  });

  it('are marks and notes: the partner’s log is without them', async () => {
    body(await operator.patch(`operator/partners/${partnerId}`, { groups: ['suspected-fraud'] }), 200);
    body(await operator.post(`operator/partners/${partnerId}/notes`, { text: 'Sells our data' }), 201);
    const mark = await since('partner.mark');
    expect(mark).toMatchObject({ kept: { partnerId, after: { groups: ['suspected-fraud'] } }, shown: [] });
    expect(await since('partner.note')).toMatchObject({ kept: { partnerId }, shown: [] });
  });

  it('are their words about a member: the change is shown, and not why', async () => {
    const reason = 'Suspected of selling our data';
    body(await operator.post(`operator/users/${ids.manager}/block`, { reason }), 200);
    const { kept, shown } = await since('user.blocked');
    expect(kept).toMatchObject({ after: { state: 'blocked', blockedReason: reason } });
    expect(shown).toMatchObject([{ subjectId: ids.manager, after: { state: 'blocked' } }]);
    const all = await people.owner.get('partner/impersonation-log?limit=200');
    expect(all.text).toContain('user.two_factor_reset');
    expect(all.text).not.toMatch(/selling|suspected|blockedReason|"reason":null/i);
  });
});
