import fc from 'fast-check';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import request from 'supertest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { barringFlags } from '../../../src/commissions/index.js';
import { Money } from '../../../src/platform/index.js';
import { Branches } from '../../../src/referrals/index.js';
import { Rollups, RollupsCheck } from '../../../src/reports/index.js';
import { CountedFacts } from '../../../src/tracking/index.js';
import { Reconciliation, Wallets } from '../../../src/wallet/index.js';
import { createTestApp, type TestApp } from '../../support/app.js';
import { ImportScene } from './import-scene.js';

const PAGE = readFileSync(join(import.meta.dirname, '../../../docs/import.md'), 'utf8');
/** The example files of the documentation, by name. */
const EXAMPLE = Object.fromEntries(
  [...PAGE.matchAll(/### `([\w-]+\.csv)`[^#]*?```csv\n([^`]+)```/g)].map(([, name, content]) => [
    name!,
    content!,
  ]),
);
const TABLES = [
  'partners',
  'users',
  'campaigns',
  'promos',
  'link_codes',
  'sub_affiliates',
  'players',
  'ledger_journals',
  'imported_objects',
];

let app: TestApp;
let scene: ImportScene;

beforeAll(async () => {
  app = await createTestApp({ background: false });
  scene = await ImportScene.open(app);
});
afterAll(async () => {
  await scene.close();
  await app.close();
});

const counts = (): Promise<number[]> => Promise.all(TABLES.map((table) => scene.count(table)));
const partnerOf = async (email: string): Promise<string> => {
  const [row] = await app.db.query<[{ id: string }]>(
    'SELECT m.partner_id AS id FROM users u JOIN memberships m ON m.user_id = u.id WHERE u.email = $1',
    [email],
  );
  return row.id;
};
const balancesOf = async (partnerId: string): Promise<string[]> => {
  const balances = await app.app.get(Wallets).balances(app.db, partnerId);
  return balances.map(
    ({ currency, available, paid }) => `${currency} ${available.toString()} ${paid.toString()}`,
  );
};
const partnersCsv = (rows: string[]): string => `id,email,name,kind,country\n${rows.join('\n')}\n`;

describe('B10 the example of the documentation', () => {
  it('is told by a dry run exactly, which writes nothing', async () => {
    const before = await counts();
    const { sums, refused } = await scene.run(EXAMPLE, { dryRun: true });
    expect(refused).toEqual([]);
    expect(sums).toEqual([
      { file: 'partners.csv', imported: 2, present: 0, refused: 0 },
      { file: 'campaigns.csv', imported: 2, present: 0, refused: 0 },
      { file: 'links.csv', imported: 4, present: 0, refused: 0 },
      { file: 'sub-affiliates.csv', imported: 1, present: 0, refused: 0 },
      { file: 'players.csv', imported: 2, present: 0, refused: 0 },
      { file: 'balances.csv', imported: 3, present: 0, refused: 0 },
    ]);
    expect(await counts()).toEqual(before);
    expect(await scene.run(EXAMPLE)).toEqual({ sums, refused });
  });

  it('keeps old links working, archived ones too, and leaves players with their partners', async () => {
    const annId = await partnerOf('ann@reviews.example');
    for (const code of ['f5a9', 'Summer-2024', 'old_blog']) {
      const { status, headers } = await request(app.url).get(`/r/${code}?click_id=7`).redirects(0);
      expect(status, code).toBe(302);
      expect(headers['location']).toMatch(/^https:\/\/silverowl\.example\/welcome\?tag=/);
    }
    const campaigns = await app.db.query(
      'SELECT name, state FROM campaigns WHERE partner_id = $1 ORDER BY id',
      [annId],
    );
    expect(campaigns).toEqual([
      { name: 'Main site', state: 'active' },
      { name: 'Old blog', state: 'archived' },
    ]);
    const players = await app.db.query(
      `SELECT p.external_id, l.code, p.partner_id = $1 AS anns, p.settled FROM players p
         JOIN link_codes l ON l.promo_id = p.promo_id ORDER BY 1`,
      [annId],
    );
    expect(players).toEqual([
      { external_id: 'p-1', code: 'f5a9', anns: true, settled: true },
      { external_id: 'p-2', code: 'Summer-2024', anns: true, settled: false },
    ]);
    const [{ since }] = await app.db.query<[{ since: Date }]>(
      'SELECT created_at AS since FROM partners WHERE id = $1',
      [annId],
    );
    expect(since.toISOString()).toBe('2024-05-01T10:00:00.000Z');
  });

  it('pays nothing for players that are settled, and for the others as for any', async () => {
    const annId = await partnerOf('ann@reviews.example');
    const [{ plan }] = await app.db.query<[{ plan: string }]>(
      'SELECT commission_plan_id AS plan FROM campaigns LIMIT 1',
    );
    const span = { partnerId: annId, from: new Date('2024-01-01'), to: new Date('2025-01-01') };
    const registered = await app.app.get(CountedFacts).registrations(app.db, { planId: plan }, [span]);
    const flags = registered.get(annId)!.map((one) => [one.externalId, ...barringFlags(one)]);
    expect(flags.sort()).toEqual([['p-1', 'settled'], ['p-2']]);
  });

  it('opens balances by journals of one kind, and reconciles clean', async () => {
    expect(await balancesOf(await partnerOf('ann@reviews.example'))).toEqual([
      'BTC 0.01250000 0.00000000',
      'EUR 1250.50 8300.00',
    ]);
    expect(await balancesOf(await partnerOf('bob@blog.example'))).toEqual(['EUR 0.99 0.00']);
    const house = await app.db.query(
      `SELECT DISTINCT a.kind, j.kind AS journal FROM ledger_journals j JOIN ledger_entries e ON e.journal_id = j.id
         JOIN ledger_accounts a ON a.id = e.account_id WHERE a.owner_id IS NULL`,
    );
    expect(house).toEqual([{ kind: 'opening_balance', journal: 'opening_balance' }]);
    expect((await app.app.get(Reconciliation).run(app.db)).mismatches).toEqual([]);
  });

  it('connects sub-affiliates with who brought them, when that was', async () => {
    const [annId, bobId] = [await partnerOf('ann@reviews.example'), await partnerOf('bob@blog.example')];
    const connections = await app.db.query(
      `SELECT s.partner_id, s.inviter_id, l.code, s.visit_id, s.connected_at FROM sub_affiliates s
         JOIN link_codes l ON l.promo_id = s.promo_id`,
    );
    expect(connections).toEqual([
      {
        partner_id: bobId,
        inviter_id: annId,
        code: 'join-us',
        visit_id: null,
        connected_at: new Date('2024-06-20T09:00:00Z'),
      },
    ]);
    expect(
      (await app.app.get(Branches).above(app.db.manager, [bobId])).map(({ inviterId }) => inviterId),
    ).toEqual([annId]);
  });

  it('leaves the sums of reports as the facts are', async () => {
    const rollups = app.app.get(Rollups);
    while (await rollups.goOn());
    expect(await scene.count('report_facts_by_day')).toBeGreaterThan(0);
    const late = 'user_id,link,sign_up_at\np-3,f5a9,2024-06-01T13:00:00Z\n';
    expect((await scene.run({ 'players.csv': late })).refused).toEqual([]);
    expect(await scene.count('report_marks')).toBeGreaterThan(0);
    while (await rollups.goOn());
    expect(await app.app.get(RollupsCheck).compare()).toEqual([]);
  });

  it('changes nothing when it is imported again, and invites everybody once', async () => {
    const before = await counts();
    const again = await scene.run(EXAMPLE, { invite: true });
    expect(again.refused).toEqual([]);
    expect(again.sums.map(({ imported, present }) => [imported, present])).toEqual([
      [0, 2],
      [0, 2],
      [0, 4],
      [0, 1],
      [0, 2],
      [0, 3],
    ]);
    expect(await counts()).toEqual(before);
    await scene.run(EXAMPLE, { invite: true });
    const mails = await app.mailbox('ann@reviews.example');
    expect(mails.map(({ subject }) => subject)).toEqual(['You are invited']);
  });
});

describe('B10 what is refused', () => {
  it('is told with file, line, column and reason, and nothing of it stays', async () => {
    const before = await counts();
    const { sums, refused } = await scene.run(
      {
        'partners.csv':
          'id,email,name,kind,country\r\nx1,nobody,X,affiliate,DE\r\nx2,ANN@reviews.example,X,affiliate,DE\r\n' +
          'x3,x3@x.example,"=1+1 ""a""\u0000\nb",affiliate,DE\r\nx4,x4@x.example,X,boss,DE\r\nx5,x5@x.example,X,affiliate\r\n' +
          '17,ann@reviews.example,Other name,affiliate,DE\r\n',
        'campaigns.csv':
          'id,partner_id,brand,plan,name\nk1,17,nobody,Share 25 %,X\nk2,99,silver-owl,Share 25 %,X\nk3,17,silver-owl,None,X\n',
        'links.csv':
          'code,campaign_id,landing\nab,c-1,https://silverowl.example/welcome\nföx-fox,c-1,https://silverowl.example/welcome\n' +
          `${'a'.repeat(33)},c-1,https://silverowl.example/welcome\na.b.c,c-1,https://silverowl.example/welcome\n` +
          'login,c-1,https://silverowl.example/welcome\nF5A9,c-1,https://silverowl.example/welcome\n' +
          'fine,c-9,https://silverowl.example/welcome\nfine,c-1,https://evil.example/\nfine,c-2,https://silverowl.example/welcome\n',
        'sub-affiliates.csv':
          'partner_id,link,connected_at\n18,join-us,\n99,join-us,\n17,nolink,\n17,f5a9,\n17,join-us,\n17,join-us,yesterday\n',
        'players.csv':
          'user_id,link,sign_up_at,disabled\np-9,nolink,2024-06-01T12:00:00Z,\np-9,f5a9,yesterday,\np-9,f5a9,2024-06-01T12:00:00Z,maybe\n' +
          'p-1,Summer-2024,2024-06-01T12:00:00Z,\n',
        'balances.csv':
          'partner_id,currency,available,paid\n17,EUR,1.00,\n18,USD,-5,\n18,USD,1e3,\n18,USD,0.001,\n18,XXQ,1,\n99,EUR,1,\n18,USD,٣,\n',
      },
      {},
    );
    expect(
      refused.map(({ file, line, field, code }) => `${file.slice(0, -4)}:${line} ${field} ${code}`),
    ).toEqual([
      'partners:2 email INVALID_FIELD',
      'partners:3 email EMAIL_TAKEN',
      'partners:5 name INVALID_FIELD',
      'partners:6 kind INVALID_FIELD',
      'partners:7  INVALID_LINE',
      'partners:8  IMPORTED_OTHERWISE',
      'campaigns:2 brand UNKNOWN_BRAND',
      'campaigns:3 partner_id UNKNOWN_PARTNER',
      'campaigns:4 plan UNKNOWN_PLAN',
      ...[2, 3, 4, 5].map((line) => `links:${line} code INVALID_FIELD`),
      'links:6 code VALIDATION_FAILED',
      'links:7 code LINK_CODE_TAKEN',
      'links:8 campaign_id UNKNOWN_CAMPAIGN',
      'links:9 landing UNKNOWN_LANDING',
      'links:10 campaign_id CAMPAIGN_ARCHIVED',
      'sub-affiliates:2  IMPORTED_OTHERWISE',
      'sub-affiliates:3 partner_id UNKNOWN_PARTNER',
      'sub-affiliates:4 link UNKNOWN_LINK',
      'sub-affiliates:5 link LINK_FOR_PLAYERS',
      'sub-affiliates:6 partner_id CIRCLE',
      'sub-affiliates:7 connected_at INVALID_FIELD',
      'players:2 link UNKNOWN_LINK',
      'players:3 sign_up_at INVALID_FIELD',
      'players:4 disabled INVALID_FIELD',
      'players:5 link PLAYER_OF_ANOTHER_LINK',
      'balances:2  IMPORTED_OTHERWISE',
      'balances:3 available INVALID_FIELD',
      'balances:4 available INVALID_FIELD',
      'balances:5 available INVALID_AMOUNT',
      'balances:6 currency INVALID_CURRENCY',
      'balances:7 partner_id UNKNOWN_PARTNER',
      'balances:8 available INVALID_FIELD',
    ]);
    expect(sums.every(({ imported }) => imported === 0)).toBe(true);
    expect(await counts()).toEqual(before);
  });

  it.each<[string, Record<string, string | Buffer>, RegExp]>([
    ['no file that it knows', { 'notes.txt': 'x' }, /none of the files/],
    ['an unknown column', { 'partners.csv': 'id,email,name,kind,country,role\n' }, /'role' is not known/],
    ['a missing column', { 'links.csv': 'code,landing\n' }, /'campaign_id' is missing/],
    ['a column twice', { 'balances.csv': 'partner_id,currency,available,available\n' }, /twice/],
    ['an empty file', { 'partners.csv': '' }, /empty/],
    [
      'another encoding',
      {
        'partners.csv': Buffer.from(
          'id,email,name,kind,country\n1,a@b.example,M\xfcller,affiliate,DE\n',
          'latin1',
        ),
      },
      /partners\.csv must be in UTF-8: line 2 is not/,
    ],
    [
      'a quote without end',
      { 'partners.csv': 'id,email,name,kind,country\n1,a@b.example,"M,affiliate,DE\n' },
      /partners\.csv is not CSV: the row from line 2: Quote Not Closed/,
    ],
  ])('as a whole is a folder with %s', async (_, files, message) => {
    await expect(scene.run(files)).rejects.toThrow(message);
  });

  it('is a second import while one runs', async () => {
    const csv = partnersCsv(
      Array.from({ length: 30 }, (_, index) => `r${index},r${index}@race.example,R,affiliate,DE`),
    );
    const both = await Promise.allSettled(
      [1, 2, 3].map(() => scene.run({ 'partners.csv': csv }, { source: 'race' })),
    );
    expect(both.filter(({ status }) => status === 'fulfilled').length).toBeGreaterThanOrEqual(1);
    for (const one of both)
      if (one.status === 'rejected') expect(String(one.reason)).toContain('Another import is running');
    expect(await scene.count(`users WHERE email LIKE '%@race.example'`)).toBe(30);
  });

  it('is not what another program calls by the same id', async () => {
    const csv = partnersCsv(['17,other@second.example,Other,affiliate,FR']);
    expect((await scene.run({ 'partners.csv': csv }, { source: 'second' })).sums[0]!.imported).toBe(1);
    const campaigns = 'id,partner_id,brand,plan,name\nc-1,17,silver-owl,Share 25 %,Theirs\n';
    await scene.run({ 'campaigns.csv': campaigns }, { source: 'second' });
    const [{ owner }] = await app.db.query<[{ owner: string }]>(
      `SELECT partner_id AS owner FROM campaigns WHERE name = 'Theirs'`,
    );
    expect(owner).toBe(await partnerOf('other@second.example'));
  });
});

describe('B10 balances', () => {
  it('come out as they went in, whatever they are, and the ledger stays clean', async () => {
    const currency = fc.constantFrom('EUR', 'USD', 'JPY', 'KWD', 'BTC');
    const row = fc.record({
      partner: fc.nat(2),
      currency,
      available: fc.bigInt(0n, 10n ** 11n),
      paid: fc.bigInt(0n, 10n ** 11n),
    });
    const rows = fc.uniqueArray(row, {
      selector: ({ partner, currency: code }) => `${partner} ${code}`,
      minLength: 1,
    });
    let runs = 0;
    await fc.assert(
      fc.asyncProperty(rows, async (drawn) => {
        runs += 1;
        const source = `balances-${runs}`;
        const emailOf = (partner: number): string => `b${partner}@run-${runs}.example`;
        const partners = partnersCsv([0, 1, 2].map((n) => `${n},${emailOf(n)},B,affiliate,DE`));
        const text = (minor: bigint, code: string): string => Money.of(minor, code).toString();
        const lines = drawn.map(
          (one) =>
            `${one.partner},${one.currency},${text(one.available, one.currency)},${text(one.paid, one.currency)}`,
        );
        const files = {
          'partners.csv': partners,
          'balances.csv': `partner_id,currency,available,paid\n${lines.join('\n')}\n`,
        };
        const { refused } = await scene.run(files, { source });
        expect(refused).toEqual([]);
        await scene.run(files, { source });

        const exported: string[] = [];
        for (const partner of [0, 1, 2]) {
          const balances = await app.app.get(Wallets).balances(app.db, await partnerOf(emailOf(partner)));
          for (const { currency: code, available, paid } of balances)
            exported.push(`${partner},${code},${available.toString()},${paid.toString()}`);
        }
        const given = drawn.filter(({ available, paid }) => available + paid > 0n);
        expect(exported.sort()).toEqual(lines.filter((_, index) => given.includes(drawn[index]!)).sort());
      }),
      { numRuns: 12 },
    );
    expect((await app.app.get(Reconciliation).run(app.db)).mismatches).toEqual([]);
  });
});
