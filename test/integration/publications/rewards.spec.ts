import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PersonalData } from '../../../src/identity/index.js';
import { Money, UnitOfWork } from '../../../src/platform/index.js';
import { ownerTransfer } from '../../../src/wallet/domain/accounts.js';
import { Ledger } from '../../../src/wallet/index.js';
import { body, BrandServer, type Person, runBills } from '../../support/journey.js';
import { download } from '../tracking/order-scene.js';
import { DAY, eur, OfferScene, type Problem, type Publication } from './scene.js';

interface Code {
  code: string;
  campaignId: string;
  promoId: string;
}

let scene: OfferScene;
let ann: Person;
let bob: Person;

beforeAll(async () => {
  scene = await OfferScene.open();
  ann = await scene.creator('ann');
  bob = await scene.creator('bob');
  await scene.operator.enableTwoFactor();
});
afterAll(() => scene.app.close());

/** A publication that waits for its confirmation. */
async function published(creator: Person, offer: object = {}): Promise<Publication> {
  return scene.publish(creator, await scene.apply(creator, await scene.offer(offer)));
}

async function all<T>(rows: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const row of rows) found.push(row);
  return found;
}

const kindsOf = async (reference: string): Promise<string[]> =>
  (
    await scene.app.db.query<{ kind: string }[]>(
      'SELECT kind FROM ledger_journals WHERE reference = $1 ORDER BY id',
      [reference],
    )
  ).map(({ kind }) => kind);

const told = async (type: string, id: string): Promise<unknown[]> =>
  scene.app.db.query(`SELECT FROM publication_history WHERE publication_id = $2 AND action = $1`, [type, id]);

describe('T06 the reward of a confirmed publication', () => {
  it('is credited once, however many confirm at once', async () => {
    const { id } = await published(ann);
    const path = `brand/publications/${id}/confirm`;
    const asked = Array.from({ length: 12 }, (_, turn) => (turn % 2 ? scene.owner : scene.reviewer));
    const answers = await Promise.all(asked.map((who) => who.post(path)));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(answers.filter(({ status }) => status === 409)).toHaveLength(11);
    expect(await kindsOf(id)).toEqual(['publication_reward']);
    expect(await scene.available(ann)).toBe('50.00');
    const { items } = body<{ items: object[] }>(await ann.get('partner/transactions'), 200);
    expect(items).toMatchObject([
      { type: 'publication_reward', direction: 'in', amount: eur('50.00'), reference: id },
    ]);
  });

  it('is nothing where the offer pays in goods, and waits while the creator is suspended', async () => {
    const barter = await published(bob, {
      pricingModel: 'barter',
      publicationReward: null,
      goods: 'Shoes',
    });
    expect(await scene.decide(barter, 'confirm')).toMatchObject({ state: 'confirmed', reward: null });
    expect(await kindsOf(barter.id)).toEqual([]);
    const { id } = await published(bob);
    const [{ partnerId }] = await scene.app.db.query<[{ partnerId: string }]>(
      'SELECT partner_id AS "partnerId" FROM publications WHERE id = $1',
      [id],
    );
    const partner = `operator/partners/${partnerId}`;
    body(await scene.operator.post(`${partner}/suspend`, { reason: 'Looked into' }), 200);
    const refused = await scene.reviewer.post(`brand/publications/${id}/confirm`);
    expect(body<Problem>(refused, 409).code).toBe('PARTNER_STATE_CONFLICT');
    body(await scene.operator.post(`${partner}/reactivate`), 200);
    await scene.decide({ id }, 'confirm');
    expect(await scene.available(bob)).toBe('50.00');
  });

  it('A29 is told in the event log as the brand’s act', async () => {
    const { id } = await published(ann);
    await scene.decide({ id }, 'confirm');
    const { items } = body<{ items: object[] }>(await ann.get('partner/events?limit=1'), 200);
    expect(items).toMatchObject([
      {
        type: 'publication_confirmed',
        actor: { kind: 'brand', userId: null, name: null, impersonated: false },
      },
    ]);
    await scene.operator.post(`operator/publications/${id}/reverse`, { comment: 'Deleted the next day' });
  });

  it('waits beyond the review period while the creator is suspended, and the brand may still reject', async () => {
    const [refused, paid] = [await published(bob), await published(bob)];
    const [{ partnerId }] = await scene.app.db.query<[{ partnerId: string }]>(
      'SELECT partner_id AS "partnerId" FROM publications WHERE id = $1',
      [paid.id],
    );
    const before = await scene.available(bob);
    body(await scene.operator.post(`operator/partners/${partnerId}/suspend`, { reason: 'Looked into' }), 200);
    await scene.later(15 * DAY, ann, bob);
    await scene.deadlines();
    expect(await scene.decide(refused, 'reject', 'Bought followers')).toMatchObject({ state: 'rejected' });
    body(await scene.operator.post(`operator/partners/${partnerId}/reactivate`), 200);
    const late = await scene.reviewer.post(`brand/publications/${paid.id}/reject`, { reason: 'No' });
    expect(body<Problem>(late, 409).code).toBe('REVIEW_PERIOD_OVER');
    await scene.deadlines();
    expect(body(await bob.get(`partner/publications/${paid.id}`), 200)).toMatchObject({ state: 'confirmed' });
    expect([before, await scene.available(bob)]).toEqual(['50.00', '100.00']);
  });

  it('is taken back once by an operator with a fresh code, where the work proves false', async () => {
    const { id } = await published(ann);
    const path = `operator/publications/${id}/reverse`;
    const comment = 'Deleted the next day';
    body(await scene.operator.post(path, { comment }), 409);
    await scene.decide({ id }, 'confirm');
    expect(await scene.available(ann)).toBe('100.00');
    body(await scene.owner.post(path, { comment }), 403);
    body(await scene.operator.post(path), 400);
    const answers = await Promise.all([1, 2, 3].map(() => scene.operator.post(path, { comment })));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409, 409]);
    expect(await kindsOf(id)).toEqual(['publication_reward', 'publication_reward_reversal']);
    expect(await told('reverse', id)).toHaveLength(1);
    expect(await scene.available(ann)).toBe('50.00');
    expect(body(await ann.get(`partner/publications/${id}`), 200)).toMatchObject({
      state: 'confirmed',
      reversalReason: comment,
      history: expect.arrayContaining([
        expect.objectContaining({ action: 'reverse', side: 'operator', reason: comment }),
      ]) as unknown,
    });
  });

  it('is taken below zero only where the operator confirms that', async () => {
    const cleo = await scene.creator('cleo');
    const { id } = await published(cleo);
    await scene.decide({ id }, 'confirm');
    const [{ ownerId }] = await scene.app.db.query<[{ ownerId: string }]>(
      'SELECT partner_id AS "ownerId" FROM publications WHERE id = $1',
      [id],
    );
    const entries = ownerTransfer(ownerId, Money.of(5_000n, 'EUR'), 'available', 'processing');
    const spent = { kind: 'cashout_request', reference: randomUUID(), entries } as const;
    await scene.app.app.get(UnitOfWork).run((tx) => scene.app.app.get(Ledger).post(tx, spent));
    const path = `operator/publications/${id}/reverse`;
    const problem = body<Problem>(await scene.operator.post(path, { comment: 'False' }), 422);
    expect(problem.code).toBe('WOULD_OVERDRAW');
    body(await scene.operator.post(path, { comment: 'False', overdraw: true }), 200);
    expect(await scene.available(cleo)).toBe('-50.00');
  });

  it('agrees with the ledger; a difference is found', async () => {
    const mismatches = async (): Promise<{ check: string }[]> =>
      body<{ mismatches: { check: string }[] }>(await scene.operator.get('operator/reconciliation'), 200)
        .mismatches;
    const rewards = async (): Promise<number> =>
      (await mismatches()).filter(({ check }) => check === 'publication_rewards_are_postings').length;
    expect(await rewards()).toBe(0);
    const { id } = await published(ann);
    const asIfConfirmed = `UPDATE publications SET step = 'confirmed', confirm_at = NULL WHERE id = $1`;
    await scene.app.db.query(asIfConfirmed, [id]);
    expect(await rewards()).toBe(1);
    await scene.app.db.query(
      `UPDATE publications SET step = 'rejected', rejection_reason = 'Test' WHERE id = $1`,
      [id],
    );
  });

  it('B06 needs an Idempotency-Key, which replays the answer', async () => {
    const { id } = await published(ann);
    const confirm = (key: string) => scene.reviewer.postWithKey(`brand/publications/${id}/confirm`, {}, key);
    const before = Number(await scene.available(ann));
    expect(body<Problem>(await confirm(''), 400).code).toBe('IDEMPOTENCY_KEY_REQUIRED');
    const first = await confirm('k1');
    const second = await confirm('k1');
    expect([first.status, second.status, second.text]).toEqual([200, 200, first.text]);
    expect(second.headers['idempotent-replayed']).toBe('true');
    expect(Number(await scene.available(ann))).toBe(before + 50);
  });
});

describe('T03 a promo code of an offer', () => {
  it('is given once to each creator who takes part; orders with it are paid by the offer’s plan', async () => {
    const promoCodePoolId = await scene.pool(['FOX-1', 'FOX-2']);
    const terms = { pricingModel: 'cpp_promo_code', orderReward: eur('8.00'), promoCodePoolId };
    const offer = await scene.offer({ ...terms, requiresModeration: true });
    const path = `partner/offers/${offer.id}/promo-code`;
    const early = async (): Promise<string> => body<Problem>(await ann.post(path), 409).code;
    expect(await early()).toBe('PROMO_CODE_NOT_READY');
    const publication = await scene.apply(ann, offer);
    expect(await early()).toBe('PROMO_CODE_NOT_READY');
    await scene.decide(publication, 'approve-platform');

    const answers = await Promise.all([1, 2, 3, 4].map(() => ann.post(path)));
    const given = answers.map((answer) => body<Code>(answer, 201));
    expect(new Set(given.map(({ code }) => code))).toEqual(new Set(['FOX-1']));
    expect(new Set(given.map(({ promoId }) => promoId)).size).toBe(1);
    const campaigns = await ann.get('partner/campaigns');
    expect(body<{ items: object[] }>(campaigns, 200).items).toHaveLength(1);

    await scene.decide(await scene.apply(bob, offer), 'approve-platform');
    expect(body<Code>(await bob.post(path), 201).code).toBe('FOX-2');
    const cleo = await scene.creator('dora');
    await scene.decide(await scene.apply(cleo, offer), 'approve-platform');
    expect(body<Problem>(await cleo.post(path), 409).code).toBe('NO_PROMO_CODES_LEFT');

    const { brandId } = scene.program;
    const key = body<{ authKey: string; secret: string }>(
      await scene.operator.post(`operator/brands/${brandId}/sync-keys`),
      201,
    );
    const order = (id: string, promoCode: string) => ({
      order_id: id,
      promo_code: promoCode,
      amount: '80.00',
      currency: 'EUR',
      ordered_at: '2026-11-02T10:00:00Z',
      country: 'DE',
    });
    const orders = [order('o-1', 'fox-1'), order('o-2', 'FOX-1'), order('o-3', 'FOX-2')];
    const report = await new BrandServer(scene.app, key.authKey, key.secret).sync('orders', { orders });
    expect(report.accepted).toBe(3);
    const pending = await ann.get('partner/orders?promoCode=fox-1&status=pending&sort=orderedAt');
    const items = body<{ items: { id: string }[] }>(pending, 200).items;
    expect(items).toHaveLength(2);
    body(await scene.reviewer.post(`brand/orders/${items[0]!.id}/approve`), 200);
    body(await scene.reviewer.post(`brand/orders/${items[1]!.id}/decline`, { reason: 'Sent back' }), 200);
    scene.app.clock.set('2026-12-02T09:00:00Z');
    await scene.later(0, ann, bob);
    expect(await runBills(scene.operator, '2026-11-30')).toMatchObject({ billsMade: 1 });
    const bills = await ann.get('partner/bills');
    expect(body(bills, 200)).toMatchObject({ items: [{ payable: eur('8.00') }] });
  });

  it('is listed with its brand and found by pricing model, in a file too', async () => {
    const found = async (query: string): Promise<string[]> =>
      body<{ items: Code[] }>(await ann.get(`partner/promo-codes?${query}`), 200).items.map(
        ({ code }) => code,
      );
    expect(await found('pricingModel=cpp_promo_code')).toEqual(['FOX-1']);
    expect(await found('pricingModel=cpa')).toEqual([]);
    expect(await found('brand=brand')).toEqual(['FOX-1']);
    body(await ann.get('partner/promo-codes?pricingModel=cpp'), 400);
    const [row] = await download(scene.app, ann, 'partner/promo-codes?format=xlsx');
    expect([row![0], row!.at(-1)]).toEqual(['FOX-1', 'cpp_promo_code']);
    const shown = await ann.get('partner/publications?state=scheduled');
    expect(body<{ items: Publication[] }>(shown, 200).items[0]!.promoCode).toBe('FOX-1');
  });

  it('is none where the offer pays for the publication only', async () => {
    const offer = await scene.offer();
    await scene.apply(bob, offer);
    const answer = await bob.post(`partner/offers/${offer.id}/promo-code`);
    expect(body<Problem>(answer, 409).code).toBe('OFFER_WITHOUT_PROMO_CODES');
  });
});

describe('B12 what creators published', () => {
  const heldHere = () =>
    scene.app.app
      .get(PersonalData)
      .rooms()
      .find(({ room }) => room === 'publications')!;
  const erase = (partnerId: string) =>
    scene.app.app.get(UnitOfWork).run((tx) => heldHere().erase!(tx, partnerId));
  const creatorOf = async (id: string): Promise<string> => {
    const [{ partnerId }] = await scene.app.db.query<[{ partnerId: string }]>(
      'SELECT partner_id AS "partnerId" FROM publications WHERE id = $1',
      [id],
    );
    return partnerId;
  };

  it('is in the copy of their data, and goes with its erasure; what was paid stays in the books', async () => {
    const eve = await scene.creator('eve');
    const { id } = await published(eve);
    body(await eve.post(`partner/publications/${id}/comments`, { text: 'I am Eve' }), 201);
    const partnerId = await creatorOf(id);
    const room = heldHere();
    const unitOfWork = scene.app.app.get(UnitOfWork);
    const copied = await unitOfWork.run(async (tx) => {
      expect(await room.obstacles!(tx, partnerId)).toMatchObject([{ code: 'PUBLICATIONS_IN_REVIEW' }]);
      const files: Record<string, unknown[]> = {};
      for (const [name, rows] of Object.entries(room.files)) files[name] = await all(rows(tx, partnerId));
      return { files, attached: await all(room.attachments!(tx, partnerId)) };
    });
    expect(copied.files['publications']).toMatchObject([{ id, reward: eur('50.00') }]);
    expect(copied.files['publication-comments']).toMatchObject([{ text: 'I am Eve' }]);
    expect(copied.files['publication-history']).toHaveLength(2);
    expect(copied.attached.map(({ path }) => path)).toEqual([
      expect.stringMatching(/^publications\/[\w-]+\.png$/),
    ]);

    await scene.decide({ id }, 'confirm');
    for (const _ of ['once', 'again']) await erase(partnerId);
    const shown = await scene.operator.get(`operator/publications/${id}`);
    expect(body(shown, 200)).toMatchObject({
      state: 'confirmed',
      submissions: [{ links: [], files: [], note: null }],
    });
    const comments = await scene.operator.get(`operator/publications/${id}/comments`);
    expect(body(comments, 200)).toMatchObject({ items: [{ text: 'Erased' }] });
    expect(await kindsOf(id)).toEqual(['publication_reward']);
  });

  it('is not confirmed by time after its erasure, and may be rejected; why is not told any more', async () => {
    const { id } = await published(await scene.creator('fay'));
    const partnerId = await creatorOf(id);
    await erase(partnerId);
    await scene.app.db.query(`UPDATE partners SET state = 'erased' WHERE id = $1`, [partnerId]);
    await scene.later(15 * DAY);
    await scene.deadlines();
    const path = `operator/publications/${id}`;
    expect(body(await scene.operator.get(path), 200)).toMatchObject({ state: 'review', confirmsAt: null });
    await scene.decide({ id }, 'reject', 'Fay deleted it');
    const { state, history } = body<Publication>(await scene.operator.get(path), 200);
    expect([state, history.at(-1)]).toMatchObject(['rejected', { action: 'reject', reason: null }]);
    expect(await kindsOf(id)).toEqual([]);
  });
});
