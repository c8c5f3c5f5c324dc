import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Ids } from '../../../src/platform/index.js';
import { createTestApp, type TestApp } from '../../support/app.js';
import { body, joinAsPartner, type Person, signIn } from '../../support/journey.js';
import { makeProgram } from '../../support/program.js';

interface Visit {
  id: string;
  visitedAt: string;
  campaign: { id: string; name: string };
  promo: { id: string; code: string };
  [field: string]: unknown;
}

interface Page {
  items: Visit[];
  nextCursor: string | null;
}

/** What differs from the usual visit, in the table's words. */
type Fields = Record<string, unknown>;

const BROWSER = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0';

let app: TestApp;
let operator: Person;
let ann: Person;
let bob: Person;
/** Ann's campaigns with a promo each, and Bob's. */
const links: { campaignId: string; promoId: string; code: string }[] = [];
let brandId: string;
const partnerIds: string[] = [];

beforeAll(async () => {
  app = await createTestApp();
  operator = await signIn(app, 'admin@example.com', 'correct horse battery');
  ann = await joinAsPartner(app, operator, 'ann@example.com');
  bob = await joinAsPartner(app, operator, 'bob@example.com');
  const program = await makeProgram(operator);
  brandId = program.brandId;
  for (const [person, name] of [[ann, 'Autumn'], [ann, 'Winter'], [bob, 'Spring']] as const) {
    const campaign = { name, brandId, commissionPlanId: program.planId };
    const { id } = body<{ id: string }>(await person.post('partner/campaigns', campaign), 201);
    const made = await person.post(`partner/campaigns/${id}/promos`, { landingId: program.landingId });
    const promo = body<{ id: string; code: string }>(made, 201);
    links.push({ campaignId: id, promoId: promo.id, code: promo.code });
  } // prettier-ignore
  for (const person of [ann, bob]) {
    partnerIds.push(body<{ partnerId: string }>(await person.get('me'), 200).partnerId);
  }
});
afterAll(() => app.close());

/** Puts visits to a link into the log at the clock's time, each a second after the one before; gives their ids. */
async function visit(link: number, ...visits: Fields[]): Promise<string[]> {
  const ids: string[] = [];
  for (const fields of visits) {
    app.clock.advance(1);
    const row = {
      id: app.app.get(Ids).next(),
      partner_id: partnerIds[link === 2 ? 1 : 0],
      brand_id: brandId,
      campaign_id: links[link]!.campaignId,
      promo_id: links[link]!.promoId,
      visited_at: app.clock.now(),
      ip: '203.0.113.7',
      user_agent: BROWSER,
      query: { clickid: 'c-1' },
      bot: false,
      datacenter: false,
      duplicate: false,
      ...fields,
    };
    await app.db.query('INSERT INTO visits SELECT * FROM jsonb_populate_record(NULL::visits, $1)', [JSON.stringify(row)]);
    ids.push(row.id);
  }
  return ids;
} // prettier-ignore

async function list(person: Person, query: Record<string, string> = {}): Promise<Page> {
  const realm = person === operator ? 'operator' : 'partner';
  return body<Page>(await person.get(`${realm}/visits?${new URLSearchParams(query).toString()}`), 200);
}

/** Ids of all visits, page by page, in the order of the pages. */
async function all(person: Person, query: Record<string, string>): Promise<string[]> {
  const ids: string[] = [];
  let cursor: string | null = '';
  while (cursor !== null) {
    const page: Page = await list(person, { ...query, ...(cursor && { cursor }) });
    ids.push(...page.items.map(({ id }) => id));
    cursor = page.nextCursor;
  }
  return ids;
}

/** Signs everybody in anew: access tokens last five minutes. */
async function signInAgain(): Promise<void> {
  operator = await signIn(app, 'admin@example.com', 'correct horse battery');
  ann = await signIn(app, 'ann@example.com');
  bob = await signIn(app, 'bob@example.com');
}

/** Forgets the visits so far, and begins another day. */
async function newDay(): Promise<void> {
  await app.db.query('TRUNCATE visits');
  app.clock.advance(24 * 60 * 60);
  await signInAgain();
}

describe('A06 visits', () => {
  it('are shown to their partner, of the address the network, and to operators whole', async () => {
    await newDay();
    const answer = await fetch(`${app.url}/r/${links[0]!.code}?clickid=c-7`, {
      redirect: 'manual',
      headers: { 'user-agent': BROWSER, referer: 'https://reviews.example/top' },
    });
    expect(answer.status).toBe(302);
    const { items, nextCursor } = await list(ann);
    expect(nextCursor).toBeNull();
    const shown = {
      id: expect.any(String) as string,
      visitedAt: app.clock.now().toISOString(),
      brandId,
      campaign: { id: links[0]!.campaignId, name: 'Autumn' },
      promo: { id: links[0]!.promoId, code: links[0]!.code },
      country: null,
      userAgent: BROWSER,
      referer: 'https://reviews.example/top',
      query: { clickid: 'c-7' },
      bot: false,
      datacenter: false,
      duplicate: false,
    };
    expect(items).toEqual([{ ...shown, network: '127.0.0.0/24' }]);
    const { id } = items[0]!;
    expect(body(await ann.get(`partner/visits/${id}`), 200)).toEqual(items[0]);
    const whole = { ...shown, partnerId: partnerIds[0], ip: '127.0.0.1' };
    expect((await list(operator)).items).toEqual([whole]);
    expect(body(await operator.get(`operator/visits/${id}`), 200)).toEqual(whole);
  });

  it('of another partner are not found', async () => {
    await newDay();
    const [id] = await visit(2, {});
    expect((await list(ann)).items).toEqual([]);
    expect((await ann.get(`partner/visits/${id}`)).status).toBe(404);
    expect((await bob.get(`partner/visits/${id}`)).status).toBe(200);
    expect((await list(ann, { campaignId: links[2]!.campaignId })).items).toEqual([]);
  });

  it('come newest first, page by page, each once', async () => {
    await newDay();
    const ids = [...(await visit(0, ...Array<Fields>(7).fill({}))), ...(await visit(1, {}, {}, {}))];
    await visit(2, {}, {});
    for (const limit of ['3', '10', '200']) expect(await all(ann, { limit })).toEqual(ids.toReversed());
    expect(await all(operator, { limit: '5' })).toHaveLength(12);
  });

  it('can be filtered by everything at once and by each', async () => {
    await newDay();
    const usual = await visit(0, {});
    const filters: [string, string, number, Fields][] = [
      ['campaignId', links[1]!.campaignId, 1, {}],
      ['promoId', links[1]!.promoId, 1, {}],
      ['country', 'DE', 0, { country: 'DE' }],
      ['bot', 'true', 0, { bot: true }],
      ['datacenter', 'true', 0, { datacenter: true }],
      ['duplicate', 'true', 0, { duplicate: true }],
    ];
    const made = new Map<string, string[]>();
    for (const [name, , link, fields] of filters) made.set(name, await visit(link, fields));
    const ofWinter = [...made.get('promoId')!, ...made.get('campaignId')!];
    for (const [name, value, link] of filters) {
      expect(await all(ann, { [name]: value })).toEqual(link === 1 ? ofWinter : made.get(name));
    }
    const [foreign] = await visit(2, { ip: '2001:db8::1' });
    const ofForeign = [['partnerId', partnerIds[1]!], ['ip', '2001:db8:0::1'], ['promoId', links[2]!.promoId]];
    for (const [name, value] of ofForeign) {
      expect(await all(operator, { [name!]: value! })).toEqual([foreign]);
    }
    expect(await all(operator, { brandId: app.app.get(Ids).next() })).toEqual([]);
    expect(await all(operator, { brandId })).toHaveLength(8);
    const flags = { bot: 'false', datacenter: 'false', duplicate: 'false' };
    expect(await all(ann, { ...flags, campaignId: links[0]!.campaignId })).toEqual([...made.get('country')!, ...usual]);
    expect(await all(ann, { bot: 'true', country: 'DE' })).toEqual([]);
  }); // prettier-ignore

  it('can be limited to a time', async () => {
    await newDay();
    const [first, second, third] = await visit(0, {}, {}, {});
    const at = (seconds: number): string =>
      new Date(app.clock.now().getTime() + seconds * 1_000).toISOString();
    expect(await all(ann, { from: at(-1) })).toEqual([third, second]);
    expect(await all(ann, { to: at(-1) })).toEqual([second, first]);
    expect(await all(ann, { from: at(-1), to: at(-1) })).toEqual([second]);
    expect(await all(ann, { from: at(1) })).toEqual([]);
    expect(await all(ann, { from: '1900-01-01', to: '9999-12-31' })).toHaveLength(3);
    const reversed = new URLSearchParams({ from: at(1), to: at(-1) });
    const { errors } = body<{ errors: { path: string }[] }>(
      await ann.get(`partner/visits?${reversed.toString()}`),
      400,
    );
    expect(errors.map(({ path }) => path)).toEqual(['to']);
  });

  it('are looked through in pages of bounded work: short ones lead on to what fits', async () => {
    await newDay();
    const [rare] = await visit(0, { country: 'VA' });
    await app.db.query(
      `INSERT INTO visits (id, partner_id, brand_id, campaign_id, promo_id, visited_at, query)
       SELECT overlay($1::text placing lpad(to_hex(n), 8, '0') from 29)::uuid, $2, $3, $4, $5, $6, '{}'
         FROM generate_series(1, 12000) AS n`,
      [
        app.app.get(Ids).next(),
        partnerIds[0],
        brandId,
        links[0]!.campaignId,
        links[0]!.promoId,
        app.clock.now(),
      ],
    );
    const first = await list(ann, { country: 'VA' });
    expect(first.items).toEqual([]);
    expect(first.nextCursor).not.toBeNull();
    expect(await all(ann, { country: 'VA' })).toEqual([rare]);
    expect(await all(operator, { country: 'VA', limit: '1' })).toEqual([rare]);
  });

  it.each([
    ['ip', 'fe80::1%25eth0'],
    ['ip', '203.0.113'],
    ['bot', 'yes'],
    ['country', 'Germany'],
    ['campaignId', '1'],
    ['cursor', 'x'],
    ['colour', 'red'],
  ])('refuse %s=%s by name', async (name, value) => {
    const problem = body<{ errors: { path: string }[] }>(
      await operator.get(`operator/visits?${name}=${value}`),
      400,
    );
    expect(problem.errors.map(({ path }) => path)).toEqual([name]);
  });

  it('have no address to filter by for partners', async () => {
    await newDay();
    expect((await ann.get('partner/visits?ip=203.0.113.7')).status).toBe(400);
    expect((await ann.get(`partner/visits?partnerId=${partnerIds[1]}`)).status).toBe(400);
  });

  it('are found again over days without any, and over the edge of a day', async () => {
    await newDay();
    const ids: string[] = [];
    for (const days of [0, 1, 3, 20, 45, 90]) {
      app.clock.advance(days * 24 * 60 * 60);
      ids.push(...(await visit(0, {}, {})));
    }
    await signInAgain();
    expect(await all(ann, { limit: '3' })).toEqual(ids.toReversed());
    expect(await all(operator, { limit: '200' })).toEqual(ids.toReversed());
  });
});
