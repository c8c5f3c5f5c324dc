import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { PayoutDelivery } from '../../../src/wallet/payouts/payout-delivery.service.js';
import { body } from '../../support/journey.js';
import { PaypalServer } from '../../support/paypal-server.js';
import type { SinkAnswer, SinkRequest } from '../../support/sink-server.js';
import { type BatchBody, PayoutScene } from './payout-scene.js';

const BATCHES = 'operator/payout-batches';
const isOrder = ({ method, path }: SinkRequest) => method === 'POST' && path.endsWith('/payouts');
const isReport = ({ method }: SinkRequest) => method === 'GET';

let paypal: PaypalServer;
let scene: PayoutScene;

beforeAll(async () => {
  paypal = await PaypalServer.start();
  // No worker of its own: the test says when the provider is asked.
  scene = await PayoutScene.open({ ...paypal.env, ROLE: 'web' });
});
beforeEach(async () => {
  paypal.disturbAnswers();
  paypal.refuseRequests(null);
  await scene.refresh();
});
afterAll(async () => {
  expect(new Set(paypal.paid).size).toBe(paypal.paid.length);
  expect(await scene.mismatches()).toEqual([]);
  await scene.app.close();
  await paypal.stop();
});

/** Lets the worker ask about everything that is due. */
const work = () => scene.app.app.get(PayoutDelivery).work();

/** The same after so many seconds. */
async function workAfter(seconds: number): Promise<void> {
  scene.app.clock.advance(seconds);
  await work();
  await scene.refresh();
}

async function handedOver(payees = 2): Promise<{ id: string; cashoutIds: string[] }> {
  const cashoutIds = await scene.cashouts(payees, 'paypal');
  const { id } = await scene.approved(cashoutIds, 'paypal');
  const answer = await scene.maker.post(`${BATCHES}/${id}/hand-over`);
  expect(body<BatchBody>(answer, 200).state).toBe('sending');
  return { id, cashoutIds };
}

/** Whom the latest order pays by the line's reference. */
function receiverOf(reference: string): string {
  const { items } = JSON.parse(paypal.orders.at(-1)!.body) as {
    items: { receiver: string; sender_item_id: string }[];
  };
  return items.find(({ sender_item_id }) => sender_item_id === reference)!.receiver;
}

const linesOf = async (id: string) => (await scene.lines(id)).map(({ state }) => state);

describe('B09 payouts by PayPal’s API', () => {
  it('are handed over as one batch and followed until every payment has ended', async () => {
    const { id, cashoutIds } = await handedOver(3);
    await work();
    const { reference, ...sent } = await scene.batch(id);
    expect(sent).toMatchObject({ state: 'sent', problem: null, sums: [{ state: 'sent', lines: 3 }] });
    const order = JSON.parse(paypal.orders.at(-1)!.body);
    expect(order.sender_batch_header.sender_batch_id).toBe(reference);
    const [line] = await scene.lines(id);
    expect(order.items[0]).toEqual({
      recipient_type: 'EMAIL',
      receiver: expect.stringMatching(/^payee-\d+@example\.com$/),
      amount: { value: '100.00', currency: 'EUR' },
      sender_item_id: line!.reference,
    });

    const [first, second] = order.items.map(({ receiver }: { receiver: string }) => receiver);
    const statuses: Record<string, string> = { [first]: 'SUCCESS', [second]: 'UNCLAIMED' };
    paypal.finish((receiver) => statuses[receiver] ?? 'FAILED');
    await workAfter(120);
    expect((await scene.lines(id)).map(({ state, reason }) => [state, reason])).toEqual([
      ['succeeded', null],
      ['sent', 'UNCLAIMED: RECEIVER_UNCONFIRMED: Receiver is unconfirmed'],
      ['failed', 'FAILED: RECEIVER_UNCONFIRMED: Receiver is unconfirmed'],
    ]);
    expect((await scene.states(cashoutIds)).sort()).toEqual(['cancelled', 'pending', 'success']);

    paypal.finish((receiver) => (receiver === second ? 'RETURNED' : (statuses[receiver] ?? 'FAILED')));
    await workAfter(7_200);
    expect(await scene.batch(id)).toMatchObject({ state: 'settled' });
    const asked = paypal.requests.length;
    await workAfter(7_200);
    expect(paypal.requests).toHaveLength(asked);
  });

  it('whose answer does not come are unknown until PayPal has been asked again under the same id', async () => {
    const { id } = await handedOver();
    const { length } = paypal.orders;
    paypal.disturbAnswers((request, answer) => (isOrder(request) ? 'hang' : answer));
    await work();
    expect(await scene.batch(id)).toMatchObject({
      state: 'unknown',
      providerBatchId: null,
      problem: expect.stringContaining('PayPal did not answer'),
    });
    expect(await linesOf(id)).toEqual(['unknown', 'unknown']);
    // Nothing else pays them meanwhile, and nobody says what became of them.
    for (const way of ['export', 'hand-over', 'cancel']) {
      expect((await scene.maker.post(`${BATCHES}/${id}/${way}`)).status).toBe(409);
    }
    const [line] = await scene.lines(id);
    const mark = { outcome: 'failed', reason: 'No answer' };
    const marked = await scene.maker.post(`${BATCHES}/${id}/lines/${line!.id}/mark`, mark);
    expect(body<{ code: string }>(marked, 409).code).toBe('PAYOUT_PROVIDER_ASKED');

    paypal.disturbAnswers();
    await workAfter(60);
    expect(await scene.batch(id)).toMatchObject({ state: 'sent', problem: null });
    const sent = paypal.orders.slice(length).map(({ body: text }) => text);
    expect(sent).toHaveLength(2);
    expect(sent[1]).toBe(sent[0]);
    paypal.finish(() => 'SUCCESS');
    await workAfter(120);
    expect(await scene.batch(id)).toMatchObject({ state: 'settled' });
  });

  it.each<[string, SinkAnswer]>([
    ['429', { status: 429, headers: { 'retry-after': '600' }, body: '{"name":"RATE_LIMIT_REACHED"}' }],
    ['500', { status: 500, body: 'oops' }],
    ['a cut connection', 'reset'],
    ['an empty success', { status: 201, body: '' }],
    ['no JSON', { status: 200, body: '<html>' }],
  ])('outlive %s, before PayPal did anything and after', async (_what, answer) => {
    for (const done of [false, true]) {
      const { id } = await handedOver(1);
      if (done) paypal.disturbAnswers((request, right) => (isOrder(request) ? answer : right));
      else paypal.refuseRequests((request) => (isOrder(request) ? answer : null));
      await work();
      expect(await scene.batch(id)).toMatchObject({ state: 'unknown' });
      const { length } = paypal.orders;
      await workAfter(5);
      expect(paypal.orders).toHaveLength(length);
      paypal.disturbAnswers((request, right) => (isReport(request) ? { status: 503, body: '' } : right));
      paypal.refuseRequests(null);
      await workAfter(600);
      expect(await scene.batch(id)).toMatchObject({ state: 'sent' });
      paypal.disturbAnswers();
      paypal.finish(() => 'SUCCESS');
      await workAfter(120);
      expect(await scene.batch(id)).toMatchObject({ state: 'settled', problem: null });
    }
  });

  it('that PayPal refuses for certain can be paid otherwise; a refusal after silence is not certain', async () => {
    const invalid: SinkAnswer = {
      status: 400,
      body: '{"name":"VALIDATION_ERROR","message":"Invalid","details":[{"field":"items[0].receiver","issue":"Bad"}]}',
    };
    const { id } = await handedOver(1);
    paypal.refuseRequests((request) => (isOrder(request) ? invalid : null));
    await work();
    expect(await scene.batch(id)).toMatchObject({
      state: 'approved',
      problem: 'PayPal answered 400: VALIDATION_ERROR; Invalid; items[0].receiver: Bad',
    });
    expect(await scene.batch(id)).toMatchObject({ sentBy: null, sentAt: null, providerBatchId: null });
    expect(await linesOf(id)).toEqual(['pending']);
    expect((await scene.export(id)).text).toContain(',PAYPAL');
    expect(await scene.batch(id)).toMatchObject({
      sentBy: expect.any(String) as string,
      sentAt: expect.any(String) as string,
    });

    const wordless = await handedOver(1);
    paypal.refuseRequests((request) => (isOrder(request) ? { status: 404, body: '' } : null));
    await work();
    expect(await scene.batch(wordless.id)).toMatchObject({
      state: 'approved',
      problem: 'PayPal answered 404.',
    });

    const silent = await handedOver(1);
    paypal.refuseRequests(null);
    paypal.disturbAnswers((request, answer) => (isOrder(request) ? 'reset' : answer));
    await work();
    paypal.disturbAnswers();
    paypal.refuseRequests((request) => (isOrder(request) ? invalid : null));
    await workAfter(60);
    expect(await scene.batch(silent.id)).toMatchObject({
      state: 'unknown',
      problem: expect.stringContaining('400'),
    });
    paypal.refuseRequests(null);
    await workAfter(120);
    expect(await scene.batch(silent.id)).toMatchObject({ state: 'sent' });
  });

  it('with wrong credentials are not sent; a token that was taken back is replaced', async () => {
    const { id } = await handedOver(1);
    paypal.revokeTokens();
    await work();
    expect(await scene.batch(id)).toMatchObject({ state: 'sent' });
    paypal.revokeTokens();
    const refused = await handedOver(1);
    paypal.refuseRequests(({ path }) =>
      path.endsWith('/token') ? { status: 401, body: '{"error":"invalid_client"}' } : null,
    );
    await work();
    expect(await scene.batch(refused.id)).toMatchObject({
      state: 'approved',
      problem: 'PayPal answered 401: invalid_client',
    });
  });

  it('are taken for what they are: other amounts and strangers’ payments are told, not booked', async () => {
    const { id, cashoutIds } = await handedOver(2);
    await work();
    paypal.finish(() => 'SUCCESS');
    const [line] = await scene.lines(id);
    paypal.disturbAnswers((request, answer) => {
      if (!isReport(request) || typeof answer === 'string') return answer;
      const report = JSON.parse(answer.body!);
      for (const item of report.items) {
        if (item.payout_item.sender_item_id === line!.reference) item.payout_item.amount.value = '100.01';
      }
      return { ...answer, body: JSON.stringify({ ...report, items: [...report.items, ...report.items] }) };
    });
    await workAfter(120);
    expect((await linesOf(id)).sort()).toEqual(['sent', 'succeeded']);
    expect(await scene.batch(id)).toMatchObject({
      state: 'sent',
      problem: `The provider names another amount for the line ${line!.id}.`,
    });
    paypal.disturbAnswers();
    await workAfter(7_200);
    expect(await scene.batch(id)).toMatchObject({ state: 'settled' });
    expect(await scene.states(cashoutIds)).toEqual(['success', 'success']);
  });

  it('that PayPal denies let go of their cash-outs', async () => {
    const { id, cashoutIds } = await handedOver(2);
    await work();
    paypal.finish(() => 'PENDING', 'DENIED');
    await workAfter(120);
    expect(await scene.batch(id)).toMatchObject({
      state: 'cancelled',
      sums: [{ state: 'cancelled', lines: 2 }],
    });
    expect(await scene.states(cashoutIds)).toEqual(['pending', 'pending']);
    // PayPal has not paid these, and forgets them for the checks at the end.
    paypal.batches.delete((await scene.batch(id)).reference);
    await scene.draft(cashoutIds, 'paypal');
  });

  it('that PayPal denies after it has paid some are settled, and let go of the others', async () => {
    const { id, cashoutIds } = await handedOver(2);
    await work();
    const [first] = await scene.lines(id);
    const paid = receiverOf(first!.reference);
    paypal.finish((receiver) => (receiver === paid ? 'SUCCESS' : 'PENDING'), 'DENIED');
    await workAfter(120);
    expect(await scene.batch(id)).toMatchObject({ state: 'settled' });
    expect(await linesOf(id)).toEqual(['succeeded', 'cancelled']);
    expect((await scene.states(cashoutIds)).sort()).toEqual(['pending', 'success']);
  });

  it('that PayPal denies keep what it has paid, though nothing can be booked now, and let nobody be paid again', async () => {
    const { id, cashoutIds } = await handedOver(2);
    await work();
    const [first] = await scene.lines(id);
    const owner = await scene.ownerOf(first!.id);
    const paid = receiverOf(first!.reference);
    paypal.finish((receiver) => (receiver === paid ? 'SUCCESS' : 'FAILED'), 'DENIED');
    await scene.freeze(owner);
    await workAfter(120);
    expect(await linesOf(id)).toEqual(['sent', 'failed']);
    expect(await scene.batch(id)).toMatchObject({
      state: 'sent',
      problem: expect.stringContaining('This wallet is frozen') as string,
    });
    expect((await scene.states(cashoutIds)).sort()).toEqual(['cancelled', 'pending']);
    await scene.thaw(owner);
    await workAfter(7_200);
    expect(await linesOf(id)).toEqual(['succeeded', 'failed']);
    expect(await scene.batch(id)).toMatchObject({ state: 'settled', problem: null });
  });

  it('that PayPal denies wait for a payment that was not claimed yet', async () => {
    const { id, cashoutIds } = await handedOver(1);
    await work();
    paypal.finish(() => 'UNCLAIMED', 'DENIED');
    await workAfter(120);
    expect(await scene.batch(id)).toMatchObject({
      state: 'sent',
      problem: 'The provider denied the batch, but says that it has paid some of it.',
    });
    paypal.finish(() => 'RETURNED', 'DENIED');
    await workAfter(7_200);
    expect(await scene.batch(id)).toMatchObject({ state: 'settled', problem: null });
    expect(await scene.states(cashoutIds)).toEqual(['cancelled']);
  });

  it('of which PayPal says on a later page that it paid one, though it denied the batch, keep it', async () => {
    const { id, cashoutIds } = await handedOver(2);
    await work();
    paypal.finish(() => 'SUCCESS', 'DENIED');
    let items: unknown[] = [];
    paypal.disturbAnswers((request, answer) => {
      if (!isReport(request) || typeof answer === 'string') return answer;
      const report = JSON.parse(answer.body!);
      items = [...items, ...report.items];
      const page = Number(request.query.get('page'));
      return { ...answer, body: JSON.stringify({ ...report, total_pages: 2, items: [items[page - 1]] }) };
    });
    await workAfter(120);
    paypal.disturbAnswers();
    expect(await scene.batch(id)).toMatchObject({ state: 'settled' });
    expect(await scene.states(cashoutIds)).toEqual(['success', 'success']);
  });

  it('are given to people when PayPal would not recognise them any more', async () => {
    const { id } = await handedOver(1);
    paypal.disturbAnswers((request, answer) => (isOrder(request) ? 'reset' : answer));
    await work();
    const { length } = paypal.orders;
    await workAfter(30 * 86_400);
    expect(paypal.orders).toHaveLength(length);
    expect(await scene.batch(id)).toMatchObject({
      state: 'unknown',
      problem: expect.stringContaining('look into its books'),
    });
    const [line] = await scene.lines(id);
    const mark = await scene.maker.post(`${BATCHES}/${id}/lines/${line!.id}/mark`, { outcome: 'succeeded' });
    expect(body(mark, 200)).toMatchObject({ state: 'succeeded' });
    expect(await scene.batch(id)).toMatchObject({ state: 'settled' });
  });

  it('are paid once by two workers at the same time', async () => {
    const { id } = await handedOver(2);
    const { length } = paypal.orders;
    await Promise.all([work(), work(), work()]);
    expect(paypal.orders).toHaveLength(length + 1);
    expect(await scene.batch(id)).toMatchObject({ state: 'sent' });
  });

  it('pay nobody twice, whatever PayPal answers in whatever order', async () => {
    const disturbance = fc.constantFrom<SinkAnswer | null>(
      null,
      'reset',
      { status: 500, body: '' },
      { status: 429, body: '' },
      { status: 400, body: '{"name":"VALIDATION_ERROR"}' },
      { status: 201, body: '{}' },
    );
    const step = fc.record({ before: fc.boolean(), answer: disturbance });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 6 }), async (steps) => {
        paypal.disturbAnswers();
        paypal.refuseRequests(null);
        await scene.refresh();
        const { id, cashoutIds } = await handedOver(1);
        for (const { before, answer } of steps) {
          paypal.refuseRequests((request) => (before && !request.path.endsWith('/token') ? answer : null));
          paypal.disturbAnswers((request, right) =>
            !before && answer && !request.path.endsWith('/token') ? answer : right,
          );
          await workAfter(86_400 / 4);
          const { state } = await scene.batch(id);
          if (state === 'approved') await scene.maker.post(`${BATCHES}/${id}/hand-over`);
        }
        paypal.disturbAnswers();
        paypal.refuseRequests(null);
        await workAfter(86_400);
        paypal.finish(() => 'SUCCESS');
        await workAfter(86_400);
        expect(await scene.batch(id)).toMatchObject({ state: 'settled' });
        expect(await scene.states(cashoutIds)).toEqual(['success']);
        expect(new Set(paypal.paid).size).toBe(paypal.paid.length);
      }),
      { numRuns: 12 },
    );
  });

  it('leave neither credentials nor tokens in the database', async () => {
    const [{ text }] = await scene.app.db.query<[{ text: string }]>(
      `SELECT string_agg(b::text, ' ') || (SELECT string_agg(a::text, ' ') FROM audit_log a) AS text FROM payout_batches b`,
    );
    expect(text).not.toContain('secret-of-the-program');
    expect(text).not.toMatch(/Bearer|Basic/);
  });
});
