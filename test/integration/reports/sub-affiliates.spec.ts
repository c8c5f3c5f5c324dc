import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { shareAlong } from '../../../src/commissions/index.js';
import { createTestApp, type TestApp } from '../../support/app.js';
import { body, type Calls, joinAsPartner, type Person } from '../../support/journey.js';
import { codeOf } from '../identity/scene.js';
import { expected, forest, type Node, plant } from '../referrals/forest.js';
import { partnerIdOf, type Promo, ReferralScene } from '../referrals/scene.js';
import { billed, type BilledLine } from './billed.js';

interface Amount {
  amount: string;
  currency: string;
}
interface Item {
  id: string;
  level: number;
  commission: Amount[];
  commissionConverted: Amount | null;
}
interface Page {
  items: Item[];
  nextCursor: string | null;
  conversion: { currency: string; rates: { currency: string; day: string }[]; missing: string[] };
}
interface Report {
  rows: {
    period: string | null;
    level: number | null;
    promoId: string | null;
    registrationsCount: number;
    commission: Amount[];
  }[];
  totals: { registrationsCount: number; commission: Amount[]; commissionConverted: Amount | null };
  totalCount: number;
}

const MONTHS = ['2026-01', '2026-02', '2026-03'];
const cents = (minor: bigint): string => `${minor / 100n}.${String(minor % 100n).padStart(2, '0')}`;
const minorOf = ([amount]: Amount[]): bigint => (amount ? BigInt(amount.amount.replace('.', '')) : 0n);

let app: TestApp;
let scene: ReferralScene;
let ann: Person;
let annId: string;
let promos: Promo[];

beforeAll(async () => {
  app = await createTestApp({ background: false });
  scene = await ReferralScene.open(app);
  ann = await joinAsPartner(app, scene.operator, 'ann@partners.example');
  annId = await partnerIdOf(ann);
  promos = [await scene.promoOf(ann, 'First'), await scene.promoOf(ann, 'Second')];
});
afterAll(() => app.close());

const pathOf = (rootId: string): string => `operator/partners/${rootId}/sub-affiliates`;

async function all(who: Calls, path: string, query = ''): Promise<Item[]> {
  const items: Item[] = [];
  for (let cursor = ''; ;) {
    const page = body<Page>(await who.get(`${path}?${query}${cursor}`), 200);
    items.push(...page.items);
    if (page.nextCursor === null) return items;
    cursor = `&cursor=${page.nextCursor}`;
  }
}

const keyOf = (promo: Promo, level: number): string => `1:${promo.campaignId}:${promo.id}:${level}`;

/** A line of the inviter for partners of a level below a promo. */
function lineFor(partnerId: string, promo: Promo, level: number, month: string, minor: bigint): BilledLine {
  const { campaignId, id: promoId } = promo;
  return {
    partnerId,
    month,
    minor,
    lineKey: keyOf(promo, level),
    strategy: 'sub_affiliate',
    campaignId,
    promoId,
  };
}

/** What every node should show: each of the inviter's lines shared along what the partners it is about earned. */
function sharesOf(
  nodes: readonly Node[],
  earned: readonly BilledLine[],
  lines: readonly BilledLine[],
): Map<string, bigint> {
  const sums = new Map<string, bigint>();
  for (const line of lines) {
    const group = nodes
      .filter((node) => {
        const { level, promoId } = expected(nodes, node);
        return line.lineKey!.endsWith(`:${level}`) && promoId === line.promoId;
      })
      .map(({ id }) => ({
        id,
        base: earned
          .filter((one) => one.partnerId === id && one.month === line.month)
          .reduce((sum, { minor }) => sum + minor, 0n),
      })) // prettier-ignore
      .filter(({ base }) => base > 0n)
      .sort((a, b) => (a.id < b.id ? -1 : 1));
    const amounts = shareAlong(line.minor, group.map(({ base }) => base)); // prettier-ignore
    group.forEach(({ id }, index) => sums.set(id, (sums.get(id) ?? 0n) + amounts[index]!));
  }
  return sums;
}

describe('A19 commission in the list of sub-affiliates', () => {
  it('is each line’s, shared along what partners earned as the line is explained, and adds up to the bills', async () => {
    const amounts = fc.array(fc.record({ node: fc.nat(), month: fc.constantFrom(...MONTHS), minor: fc.bigInt(1n, 9_999n) }), { maxLength: 30 }); // prettier-ignore
    await fc.assert(
      fc.asyncProperty(forest, amounts, fc.bigInt(1n, 999n), async (parents, drawn, odd) => {
        const [root] = await plant(app, annId, [null], promos);
        const nodes = await plant(app, root!.id, parents, promos);
        const earned = drawn.map(({ node, ...line }) => ({
          partnerId: nodes[node % nodes.length]!.id,
          ...line,
        }));
        const about = new Map<string, { promo: Promo; level: number; month: string }>();
        for (const { partnerId, month } of earned) {
          const { level, promoId } = expected(
            nodes,
            nodes.find(({ id }) => id === partnerId)!,
          );
          if (level > 10) continue;
          const promo = promos.find(({ id }) => id === promoId)!;
          about.set(`${keyOf(promo, level)} ${month}`, { promo, level, month });
        }
        const lines = [...about.values()].map(({ promo, level, month }, index) =>
          lineFor(root!.id, promo, level, month, odd + BigInt(index)),
        );
        await billed(app, scene.program, [...earned, ...lines]);

        const items = await all(scene.operator, pathOf(root!.id), 'limit=7');
        const shares = sharesOf(nodes, earned, lines);
        expect(new Map(items.map(({ id, commission }) => [id, minorOf(commission)]))).toEqual(
          new Map(items.map(({ id }) => [id, shares.get(id) ?? 0n])),
        );
        const total = lines.reduce((sum, { minor }) => sum + minor, 0n);
        expect(items.reduce((sum, { commission }) => sum + minorOf(commission), 0n)).toBe(total);

        const sorted = await all(scene.operator, pathOf(root!.id), 'limit=4&sort=-commission');
        const worths = sorted.map(({ commission }) => minorOf(commission));
        expect(worths).toEqual([...worths].sort((a, b) => (a < b ? 1 : a > b ? -1 : 0)));
        expect(new Set(sorted.map(({ id }) => id)).size).toBe(items.length);
      }),
      { numRuns: 12 },
    );
  });

  it('leaves cancelled bills out, and is shown in the currency chosen at the latest rate', async () => {
    const [top] = await plant(app, annId, [null], promos);
    await billed(app, scene.program, [
      { partnerId: top!.id, month: '2026-01', minor: 10_000n },
      lineFor(annId, promos[0]!, 1, '2026-01', 1_000n),
      { ...lineFor(annId, promos[0]!, 1, '2026-02', 700n), state: 'cancelled' },
    ]);
    const own = async (query: string): Promise<[Item, Page]> => {
      const page = body<Page>(await ann.get(`partner/sub-affiliates?limit=200&${query}`), 200);
      return [page.items.find(({ id }) => id === top!.id)!, page];
    };
    const [item, page] = await own('');
    expect(item.commission).toEqual([{ amount: '10.00', currency: 'EUR' }]);
    expect(item.commissionConverted).toEqual({ amount: '10.00', currency: 'EUR' });
    expect(page.conversion).toEqual({ currency: 'EUR', rates: [], missing: [] });
    expect(JSON.stringify(page)).not.toContain('inviterId');

    const [unconverted, without] = await own('currency=USD');
    expect(unconverted.commissionConverted).toBeNull();
    expect(without.conversion.missing).toEqual(['EUR']);
    await app.db.query(
      `INSERT INTO exchange_rates (id, day, currency, source, per_euro, entered_at)
       VALUES (gen_random_uuid(), '2026-01-02', 'USD', 'ecb', 1.1, now())`,
    );
    body(await ann.patch('me', { reportCurrency: 'USD' }), 200);
    const [converted, noted] = await own('');
    expect(converted.commissionConverted).toEqual({ amount: '11.00', currency: 'USD' });
    expect(noted.conversion.rates).toMatchObject([{ currency: 'EUR', day: '2026-01-02' }]);
    expect(codeOf(await ann.get('partner/sub-affiliates?currency=XXQ'))).toBe('422 INVALID_CURRENCY');
    body(await ann.patch('me', { reportCurrency: null }), 200);
  });

  it('is filtered by name, promo and sign-up, and exported with inert cells', async () => {
    const [top] = await plant(app, annId, [null], promos);
    await app.db.query(`UPDATE partners SET name = '=HYPERLINK("evil")', created_at = '2026-05-05T10:00:00Z' WHERE id = $1`, [top!.id]); // prettier-ignore
    const ids = async (query: string): Promise<string[]> => (await all(ann, 'partner/sub-affiliates', query)).map(({ id }) => id); // prettier-ignore
    expect(await ids('name=hyperlink')).toEqual([top!.id]);
    expect(await ids('from=2026-05-05&to=2026-05-05')).toEqual([top!.id]);
    expect(await ids(`name=hyperlink&promoId=${promos[1]!.id}`)).toEqual([]);
    const csv = await ann.get('partner/sub-affiliates?name=hyperlink&format=csv');
    expect(csv.text).toBe(
      'Name,State,Level,Campaign,Promo,Registered at,Commission EUR,Commission in EUR\r\n' +
        `"'=HYPERLINK(""evil"")",active,1,First,${promos[0]!.code},2026-05-05T10:00:00.000Z,0,0.00\r\n`,
    );
    const xlsx = await ann.download('partner/sub-affiliates?format=xlsx');
    expect((xlsx.body as Buffer).subarray(0, 2).toString()).toBe('PK');
    expect((await ann.get('partner/sub-affiliates?sort=name')).status).toBe(400);
    const page = body<Page>(await ann.get('partner/sub-affiliates?limit=1'), 200);
    for (const other of ['level', 'registeredAt', '-level']) {
      const answer = await ann.get(`partner/sub-affiliates?sort=${other}&cursor=${page.nextCursor}`);
      expect(codeOf(answer), other).toBe('400 INVALID_CURSOR');
    }
  });

  it('answers an inviter of ten thousand', async () => {
    const [root] = await plant(app, annId, [null], promos);
    const nodes = await plant(app, root!.id, Array.from({ length: 10_000 }, (_, index) => (index < 5_000 ? null : index - 5_000)), promos); // prettier-ignore
    const lines = nodes.flatMap((_, index) => (index < 2 ? [1, 2].map((level) => lineFor(root!.id, promos[index]!, level, '2026-01', 123_457n)) : [])); // prettier-ignore
    await billed(app, scene.program, [
      ...nodes.map(({ id }, index) => ({ partnerId: id, month: '2026-01', minor: BigInt(100 + index) })),
      ...lines,
    ]);
    const page = body<Page>(await scene.operator.get(`${pathOf(root!.id)}?limit=200&sort=-commission`), 200);
    expect(page.items).toHaveLength(200);
    const [{ total }] = await app.db.query<[{ total: string }]>(
      `SELECT sum(amount_minor) AS total FROM bill_lines WHERE partner_id = $1`,
      [root!.id],
    );
    expect(total).toBe(String(4 * 123_457));
  });
});

describe('A19 report of sub-affiliates', () => {
  let root: Node;
  let eve: Person;

  beforeAll(async () => {
    eve = await joinAsPartner(app, scene.operator, 'eve@partners.example');
    const eveId = await partnerIdOf(eve);
    const own = await scene.promoOf(eve, 'Eve’s');
    const other = await scene.promoOf(eve, 'Eve’s other');
    const nodes = await plant(app, eveId, [null, null, 0], [own, other, own]);
    root = nodes[0]!;
    const days = ['2026-01-31T23:30:00Z', '2026-02-10T00:00:00Z', '2026-02-11T00:00:00Z'];
    for (const [index, { id }] of nodes.entries())
      await app.db.query('UPDATE partners SET created_at = $2 WHERE id = $1', [id, days[index]]);
    await billed(app, scene.program, [
      lineFor(eveId, own, 1, '2026-01', 500n),
      lineFor(eveId, own, 2, '2026-02', 250n),
      lineFor(eveId, other, 1, '2026-02', 1_000n),
      { ...lineFor(eveId, other, 1, '2026-03', 9_999n), state: 'cancelled' },
      { partnerId: eveId, month: '2026-01', minor: 7_777n },
    ]);
    promos = [own, other];
  });

  const run = async (query: string, who: Calls = eve): Promise<Report> =>
    body<Report>(await who.get(`partner/reports/sub-affiliates?${query}`), 200);
  const rowsOf = ({ rows }: Report): unknown[] =>
    rows.map(({ period, level, registrationsCount, commission }) => [
      period,
      level,
      registrationsCount,
      minorOf(commission),
    ]);

  it('groups sign-ups and commission by period and level, and always has totals', async () => {
    const report = await run('groupBy=month&groupBy=level');
    expect(rowsOf(report)).toEqual([
      ['2026-01-01', 1, 1, 500n],
      ['2026-02-01', 1, 1, 1_000n],
      ['2026-02-01', 2, 1, 250n],
    ]);
    expect(report.totals).toEqual({
      registrationsCount: 3,
      commission: [{ amount: '17.50', currency: 'EUR' }],
      commissionConverted: { amount: '17.50', currency: 'EUR' },
    });
    expect(await run('')).toMatchObject({ rows: [], totals: report.totals });
  });

  it('counts days in the zone, takes the last day in, and filters', async () => {
    expect(rowsOf(await run('groupBy=month&timeZone=Europe/Berlin'))).toEqual([
      ['2026-01-01', null, 0, 500n],
      ['2026-02-01', null, 3, 1_250n],
    ]);
    expect((await run('from=2026-02-01&to=2026-02-28')).totals).toMatchObject({ registrationsCount: 2 });
    expect(minorOf((await run('to=2026-01-31')).totals.commission)).toBe(500n);
    const byPromo = await run(`groupBy=promo&promoId=${promos[1]!.id}`);
    expect(byPromo.rows).toMatchObject([
      { promoId: promos[1]!.id, promoCode: promos[1]!.code, registrationsCount: 1 },
    ]);
    expect((await run('groupBy=promo,level&limit=1&page=2')).rows).toHaveLength(1);
    expect((await run('groupBy=promo,level&limit=1')).totalCount).toBe(3);
    expect(await run('groupBy=promo,level&limit=1&page=4')).toMatchObject({ rows: [], totalCount: 3 });
    expect(await run('groupBy=promo&from=2030-01-01&page=4')).toMatchObject({ rows: [], totalCount: 0 });
  });

  it('agrees with itself however it is grouped', async () => {
    const groupers = ['day', 'week', 'month', 'year', 'level', 'campaign', 'promo'];
    const { totals } = await run('');
    for (const grouper of groupers) {
      const { rows } = await run(`groupBy=${grouper}`);
      expect(
        rows.reduce((sum, row) => sum + row.registrationsCount, 0),
        grouper,
      ).toBe(totals.registrationsCount);
      expect(cents(rows.reduce((sum, row) => sum + minorOf(row.commission), 0n)), grouper).toBe('17.50');
    }
  });

  it('is one’s own only, is exported, and refuses nonsense by name', async () => {
    expect(root).toBeDefined();
    expect((await run('groupBy=level', ann)).rows).not.toEqual((await run('groupBy=level')).rows);
    const foreign = await run(`promoId=${promos[0]!.id}`, ann);
    expect(foreign.totals).toMatchObject({ registrationsCount: 0, commission: [] });
    const csv = await eve.get('partner/reports/sub-affiliates?groupBy=month,level&format=csv');
    expect(csv.text.split('\r\n').slice(0, 2)).toEqual([
      'Period,Level,Campaign,Promo,Registrations,Commission EUR,Commission in EUR',
      '2026-01-01,1,,,1,5.00,5.00',
    ]);
    const totals = await eve.get('partner/reports/sub-affiliates?format=csv');
    expect(totals.text.split('\r\n').slice(1)).toEqual([',,,,3,17.50,17.50', '']);
    for (const query of [
      'groupBy=day,month',
      'groupBy=partner',
      'from=2026-02-31',
      'from=2026-02-02&to=2026-02-01',
      'timeZone=Mars/X',
      'timeZone=US/Pacific-New&groupBy=day',
      'from=0000-01-01',
      'to=0000-01-01',
      'level=0',
      'page=0',
      'colour=red',
    ]) {
      expect((await eve.get(`partner/reports/sub-affiliates?${query}`)).status, query).toBe(400);
    }
  });
});

describe('A19 the report in a program of another zone', () => {
  it('counts days in the program’s zone unless another is asked for', async () => {
    const elsewhere = await createTestApp({ background: false, env: { PROGRAM_TIME_ZONE: 'Asia/Tokyo' } });
    try {
      const there = await ReferralScene.open(elsewhere);
      const person = await joinAsPartner(elsewhere, there.operator, 'kim@partners.example');
      const [node] = await plant(elsewhere, await partnerIdOf(person), [null], [await there.promoOf(person, 'Kim’s')]); // prettier-ignore
      await elsewhere.db.query('UPDATE partners SET created_at = $2 WHERE id = $1', [node!.id, '2026-01-31T15:30:00Z']); // prettier-ignore
      const days = async (query: string) => (body<Report>(await person.get(`partner/reports/sub-affiliates?groupBy=day${query}`), 200)).rows.map(({ period }) => period); // prettier-ignore
      expect(await days('')).toEqual(['2026-02-01']);
      expect(await days('&timeZone=UTC')).toEqual(['2026-01-31']);
    } finally {
      await elsewhere.close();
    }
  });
});
