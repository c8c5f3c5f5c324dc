import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestApp, type TestApp } from '../../support/app.js';
import { body, type Calls, callsWith, joinAsPartner, type Person, signIn } from '../../support/journey.js';
import { outboxDelivered } from '../../support/outbox.js';
import { personOf } from '../identity/matrix/people.js';

interface Suggestion {
  id: string;
  name: string;
  state: string;
  brandId: string | null;
  reason: string | null;
  partnerName?: string;
  alsoSuggestedBy?: number;
}
interface Page {
  items: Suggestion[];
  nextCursor: string | null;
}
interface ProblemBody {
  code: string;
  detail: string;
  errors: { path: string }[];
  brandId?: string;
  suggestionId?: string;
}

let app: TestApp;
let operator: Person;
let ann: Person;
let bob: Person;
let number = 0;

beforeAll(async () => {
  app = await createTestApp();
  operator = await signIn(app, 'admin@example.com', 'correct horse battery');
  ann = await joinAsPartner(app, operator, 'ann@partners.example');
  bob = await joinAsPartner(app, operator, 'bob@partners.example');
});
afterAll(() => app.close());

const form = (changes: object = {}) => {
  number += 1;
  return { name: `Shop ${number}`, website: `https://shop-${number}.example`, ...changes };
};
const suggest = async (who: Calls, changes: object = {}): Promise<Suggestion> =>
  body<Suggestion>(await who.post('partner/brand-suggestions', form(changes)), 201);
const queue = async (query = ''): Promise<Page> =>
  body<Page>(await operator.get(`operator/brand-suggestions?${query}`), 200);

describe('T02 partners suggest brands', () => {
  it('and see what became of them, with the brand that was made or the reason', async () => {
    const fox = await suggest(ann, { name: 'Silver Fox', country: 'MT', comment: 'Asked for' });
    expect(fox).toMatchObject({ name: 'Silver Fox', country: 'MT', state: 'pending', brandId: null });
    expect(Object.keys(fox)).not.toContain('alsoSuggestedBy');
    const dull = await suggest(ann);
    const waiting = await queue();
    expect(waiting.items.map(({ id }) => id)).toEqual([fox.id, dull.id]);
    expect(waiting.items[0]).toMatchObject({ partnerName: 'ann', alsoSuggestedBy: 0 });

    const { id: brandId } = body<{ id: string }>(
      await operator.post('operator/brands', { name: 'Silver Fox', currency: 'EUR' }),
      201,
    );
    body(await operator.post(`operator/brand-suggestions/${fox.id}/accept`, { brandId }), 200);
    const reason = 'It works with nobody';
    body(await operator.post(`operator/brand-suggestions/${dull.id}/decline`, { reason }), 200);
    expect(body<Page>(await ann.get('partner/brand-suggestions'), 200).items).toMatchObject([
      { id: dull.id, state: 'declined', reason, brandId: null },
      { id: fox.id, state: 'accepted', reason: null, brandId },
    ]);
    expect(body<Page>(await ann.get('partner/brand-suggestions?state=accepted'), 200).items).toHaveLength(1);
    expect(body<Page>(await bob.get('partner/brand-suggestions'), 200).items).toEqual([]);
    expect((await queue()).items).toEqual([]);
    expect((await queue('state=all&limit=1')).items[0]!.id).toBe(dull.id);

    const mails = await app.mailbox('ann@partners.example');
    expect(mails.at(-1)).toMatchObject({ subject: 'Your brand suggestion was declined' });
    expect(mails.at(-1)!.text).toContain(reason);
    expect(mails.at(-2)!.text).toContain('Silver Fox');
    await outboxDelivered(app);
    const { items } = body<{ items: { type: string; summary: string }[] }>(await ann.get('partner/events?limit=4'), 200); // prettier-ignore
    expect(items.map(({ type }) => type)).toEqual([
      'brand_suggestion_declined',
      'brand_suggestion_accepted',
      'brand_suggested',
      'brand_suggested',
    ]);
    expect(items[0]!.summary).toBe(`A brand that you suggested was declined: ${reason}`);
  });

  it('each decided once, also when two operators decide at once', async () => {
    const { id } = await suggest(ann);
    const decisions = await Promise.all([
      ...[1, 2, 3].map(() => operator.post(`operator/brand-suggestions/${id}/accept`)),
      ...[1, 2, 3].map(() => operator.post(`operator/brand-suggestions/${id}/decline`, { reason: 'No' })),
    ]);
    const won = decisions.filter(({ status }) => status === 200);
    expect(won).toHaveLength(1);
    const lost = decisions.filter(({ status }) => status === 409);
    expect(lost.map((answer) => (answer.body as ProblemBody).code)).toEqual(
      Array(5).fill('SUGGESTION_ALREADY_DECIDED'),
    );
    const told = await app.db.query<unknown[]>(
      `SELECT FROM audit_log WHERE subject_id = $1 AND action LIKE 'brand_suggestion.%'`,
      [id],
    );
    expect(told).toHaveLength(1);
    const later = await suggest(ann);
    const { id: gone } = body<{ id: string }>(
      await operator.post('operator/brands', { name: 'Gone Fox', currency: 'EUR' }),
      201,
    );
    body(await operator.patch(`operator/brands/${gone}`, { state: 'archived' }), 200);
    for (const brandId of [randomUUID(), gone]) {
      const refused = await operator.post(`operator/brand-suggestions/${later.id}/accept`, { brandId });
      expect(body<ProblemBody>(refused, 422).errors[0]!.path).toBe('brandId');
    }
    expect(body<Suggestion>(await operator.get(`operator/brand-suggestions/${later.id}`), 200).state).toBe(
      'pending',
    );
  });

  it('but not those of the catalogue, nor the same again while it waits', async () => {
    const website = 'https://www.grey-fox.example/';
    const { id: brandId } = body<{ id: string }>(
      await operator.post('operator/brands', { name: 'Grey Fox', currency: 'EUR', website }),
      201,
    );
    const refused = async (who: Calls, changes: object) =>
      body<ProblemBody>(await who.post('partner/brand-suggestions', form(changes)), 409);
    expect(await refused(ann, { name: 'grey-FOX' })).toMatchObject({
      code: 'BRAND_ALREADY_LISTED',
      detail: `Grey Fox is in the catalogue already; see /partner/brands/${brandId}.`,
      errors: [{ path: 'name' }],
      brandId,
    });
    const sameSite = { website: 'http://grey-fox.example?ref=ann' };
    expect(await refused(ann, sameSite)).toMatchObject({ errors: [{ path: 'website' }], brandId });
    body(await operator.patch(`operator/brands/${brandId}`, { state: 'archived' }), 200);
    const red = await suggest(ann, { name: 'Red Fox', website: 'https://red-fox.example' });
    expect(await refused(ann, { name: 'RED FÓX' })).toMatchObject({
      code: 'BRAND_ALREADY_SUGGESTED',
      errors: [{ path: 'name' }],
      suggestionId: red.id,
    });
    expect(await refused(ann, { website: 'https://www.red-fox.example#a' })).toMatchObject({
      errors: [{ path: 'website' }],
      suggestionId: red.id,
    });
    // What others suggested is not told; operators see how many ask for it.
    const bobs = await suggest(bob, { name: 'Red Fox' });
    const seen = body<Suggestion>(await operator.get(`operator/brand-suggestions/${bobs.id}`), 200);
    expect(seen.alsoSuggestedBy).toBe(1);
    await operator.post(`operator/brand-suggestions/${red.id}/decline`, { reason: 'Not now' });
    await suggest(ann, { name: 'Red Fox', website: 'https://red-fox.example' });
  });

  it('once, though it is sent many times at once, and so many at most', async () => {
    const same = form();
    const answers = await Promise.all(
      Array.from({ length: 8 }, () => bob.post('partner/brand-suggestions', same)),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([201, ...Array<number>(7).fill(409)]);
    await app.db.query(
      `INSERT INTO brand_suggestions (id, partner_id, name, website, name_key, website_key, state, suggested_at)
       SELECT gen_random_uuid(), s.partner_id, name, website, 'n' || i, 'w' || i, 'pending', now()
         FROM brand_suggestions s,
              LATERAL (SELECT count(*)::int AS waiting FROM brand_suggestions
                        WHERE partner_id = s.partner_id AND state = 'pending') have,
              generate_series(1, 49 - have.waiting) i
        WHERE s.id = $1`,
      [(answers.find(({ status }) => status === 201)!.body as Suggestion).id],
    );
    const more = await Promise.all(
      Array.from({ length: 8 }, () => bob.post('partner/brand-suggestions', form())),
    );
    const refused = more.filter(({ status }) => status === 409);
    expect(refused.map((answer) => (answer.body as ProblemBody).code)).toEqual(
      Array<string>(7).fill('TOO_MANY_SUGGESTIONS'),
    );
  });

  it('with a name and an address that may be shown', async () => {
    for (const [changes, path] of [
      [{ name: ' ' }, 'name'],
      [{ name: undefined }, 'name'],
      [{ website: 'javascript:alert(1)' }, 'website'],
      [{ website: 'fox.example' }, 'website'],
      [{ country: 'XX' }, 'country'],
      [{ comment: 'x'.repeat(2_001) }, 'comment'],
      [{ state: 'accepted' }, 'state'],
    ] as const) {
      const refused = await ann.post('partner/brand-suggestions', form(changes));
      expect(body<ProblemBody>(refused, 400).errors[0]!.path).toBe(path);
    }
    const { partnerId } = body<{ partnerId: string }>(await ann.get('me'), 200);
    const analyst = callsWith(app, (await personOf(app, 'partner:analyst', partnerId)).token!);
    body(await analyst.post('partner/brand-suggestions', form()), 403);
    body(await analyst.get('operator/brand-suggestions'), 403);
  });
});

describe('T02 the rating of a brand', () => {
  it('is given by operators in halves of a star', async () => {
    const made = body<{ id: string; rating: number | null }>(
      await operator.post('operator/brands', { name: 'Rated', currency: 'EUR' }),
      201,
    );
    expect(made.rating).toBeNull();
    const rate = (rating: unknown) => operator.patch(`operator/brands/${made.id}`, { rating });
    expect(body(await rate(4.5), 200)).toMatchObject({ rating: 4.5 });
    expect(body(await ann.get(`partner/brands/${made.id}`), 200)).toMatchObject({ rating: 4.5 });
    for (const wrong of [4.2, 5.5, -1, '4.5', true]) body(await rate(wrong), 400);
    expect(body(await rate(null), 200)).toMatchObject({ rating: null });
  });
});
