import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Accounts, EventLog, PartnerMails } from '../../../src/identity/index.js';
import { MAIL_SUBSCRIPTION_NAMES } from '../../../src/identity/domain/mail-subscriptions.js';
import { UnitOfWork } from '../../../src/platform/index.js';
import { createTestApp, type TestApp } from '../../support/app.js';
import { body } from '../../support/journey.js';
import { outboxDelivered } from '../../support/outbox.js';
import { activePartner, open, type SignedIn } from './scene.js';

const ALL = {
  news: true,
  bills: true,
  cashouts: true,
  reports: true,
  postbacks: true,
  publications: true,
  campaigns: true,
};

let app: TestApp;
let partnerId: string;
let ann: SignedIn;

beforeAll(async () => {
  app = await createTestApp();
  partnerId = await activePartner(app, 'ann@example.com');
  ann = await open(app, 'ann@example.com');
});
afterAll(() => app.close());

interface Me {
  user: Record<string, unknown>;
}
const patch = async (changes: object) => body<Me>(await ann.as.patch('me', changes), 200).user;

describe('A22 profile', () => {
  it.each([
    ['+49 (30) 123-456', '+4930123456'],
    ['+1 202.555.0143', '+12025550143'],
    ['+4930123456', '+4930123456'],
    [null, null],
  ])('keeps the phone %j as %j', async (given, kept) => {
    expect(await patch({ phone: given })).toMatchObject({ phone: kept });
  });

  it('takes any known currency for reports, or none', async () => {
    for (const reportCurrency of ['JPY', 'BTC', 'EUR', null]) {
      expect(await patch({ reportCurrency })).toMatchObject({ reportCurrency });
    }
  });

  it('subscribes to every kind of mail at first; each is changed alone and stays', async () => {
    expect(body<Me>(await ann.as.get('me'), 200).user).toMatchObject({ emailSubscriptions: ALL });
    expect(await patch({ emailSubscriptions: { news: false, bills: false } })).toMatchObject({
      emailSubscriptions: { ...ALL, news: false, bills: false },
    });
    expect(await patch({ emailSubscriptions: { bills: true }, name: 'Ann' })).toMatchObject({
      emailSubscriptions: { ...ALL, news: false },
    });
    expect(await patch({ emailSubscriptions: {} })).toMatchObject({
      emailSubscriptions: { ...ALL, news: false },
    });
    await patch({ emailSubscriptions: ALL });
  });

  it('unsubscribes from each kind of mail that there is', async () => {
    const none = Object.fromEntries(MAIL_SUBSCRIPTION_NAMES.map((name) => [name, false]));
    expect(await patch({ emailSubscriptions: none })).toMatchObject({ emailSubscriptions: none });
    await patch({ emailSubscriptions: ALL });
  });

  it('two changes at once lose nothing', async () => {
    await Promise.all([
      patch({ emailSubscriptions: { news: false } }),
      patch({ emailSubscriptions: { reports: false } }),
      patch({ emailSubscriptions: { cashouts: false } }),
    ]);
    expect(await patch({})).toMatchObject({
      emailSubscriptions: { ...ALL, news: false, reports: false, cashouts: false },
    });
    await patch({ emailSubscriptions: ALL });
  });
});

describe('A22 mails of a kind', () => {
  const add = (role: string, joined: boolean) =>
    app.app.get(UnitOfWork).run((tx) =>
      app.app.get(Accounts).register(tx, {
        email: `${role}@example.com`,
        passwordHash: joined ? 'none' : null,
        name: role,
        realm: 'partner',
        role,
        partnerId,
        active: true,
        emailVerified: joined,
      }),
    );
  const got = async (subject: string) => {
    const rows = await app.db.query<{ recipient: string }[]>(
      'SELECT recipient FROM mailbox WHERE subject = $1 ORDER BY recipient',
      [subject],
    );
    return rows.map(({ recipient }) => recipient);
  };
  const send = (kind: 'cashouts' | 'bills', subject: string) =>
    app.app
      .get(UnitOfWork)
      .run((tx) => app.app.get(PartnerMails).send(tx, partnerId, kind, { subject, text: '' }));

  it('go to the partner’s people whom they concern, who joined and did not opt out', async () => {
    await activePartner(app, 'stranger@example.com');
    await add('finance', true);
    await add('analyst', true);
    await add('manager', false);
    await send('cashouts', 'first');
    expect(await got('first')).toEqual(['ann@example.com', 'finance@example.com']);

    await patch({ emailSubscriptions: { cashouts: false } });
    await send('cashouts', 'second');
    expect(await got('second')).toEqual(['finance@example.com']);
    await send('bills', 'third');
    expect(await got('third')).toEqual(['analyst@example.com', 'ann@example.com', 'finance@example.com']);

    await app.db.query(`UPDATE users SET blocked_at = now() WHERE email = 'finance@example.com'`);
    await send('cashouts', 'fourth');
    expect(await got('fourth')).toEqual([]);
  });

  it('bills and cash-outs are mailed as the event log tells of them, once', async () => {
    await patch({ emailSubscriptions: ALL });
    const amount = { amount: '125.50', currency: 'EUR' };
    const paymentMethodId = partnerId;
    const cashout = { amount, paymentMethodId, comment: 'wrong account' };
    const before = (await app.mailbox('ann@example.com')).length;
    await app.app.get(UnitOfWork).run(async (tx) => {
      const log = app.app.get(EventLog);
      const about = { partnerId, subjectId: partnerId };
      await log.record(tx, null, { ...about, type: 'bill_approved', data: { amount } });
      await log.record(tx, null, { ...about, type: 'cashout_requested', data: cashout });
      await log.record(tx, null, { ...about, type: 'cashout_cancelled', data: cashout });
    });
    await outboxDelivered(app);
    const mails = (await app.mailbox('ann@example.com')).slice(before);
    expect(mails.map(({ subject, text }) => `${subject} | ${text}`).sort()).toEqual([
      'Bill approved | A bill was approved: 125.50 EUR is in your available balance.',
      'Cash-out cancelled | A cash-out of 125.50 EUR was cancelled; the amount is available again: wrong account',
    ]);
  });

  it('mails about the account’s safety come whatever one opted out of', async () => {
    await patch({
      emailSubscriptions: { news: false, bills: false, cashouts: false, reports: false, postbacks: false },
    });
    body(
      await ann.as.post('me/password', {
        password: 'a long and unusual pass phrase',
        newPassword: 'xkcd 936 staple',
      }),
      200,
    );
    const mails = await app.mailbox('ann@example.com');
    expect(mails.at(-1)?.subject).toBe('Your password was changed');
  });
});
