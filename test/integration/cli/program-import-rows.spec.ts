import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createTestApp, type TestApp } from '../../support/app.js';
import { body, signIn } from '../../support/journey.js';
import { ImportScene } from './import-scene.js';

let app: TestApp;
let scene: ImportScene;
let source: string;
let runs = 0;

beforeAll(async () => {
  app = await createTestApp({ background: false });
  scene = await ImportScene.open(app);
});
afterAll(async () => {
  await scene.close();
  await app.close();
});
beforeEach(() => {
  runs += 1;
  source = `rows-${runs}`;
});

/** A program of Ann and Bob with a link for players and one for partners; further files are added to it. */
const program = (files: Record<string, string> = {}): Record<string, string> => ({
  'partners.csv':
    'id,email,name,kind,country,registered_at\n' +
    `17,ann@${source}.example,Ann,affiliate,DE,2024-05-01T10:00:00Z\n` +
    `18,bob@${source}.example,Bob,affiliate,DE,\n19,eva@${source}.example,Eva,affiliate,DE,2024-09-01T10:00:00Z\n`,
  'campaigns.csv': 'id,partner_id,brand,plan,name\nc-1,17,silver-owl,Share 25 %,Main\n',
  'links.csv':
    `code,campaign_id,landing\n${source},c-1,https://silverowl.example/welcome\n` +
    `${source}-join,c-1,https://silverowl.example/partners\n`,
  ...files,
});

const refusedOf = async (files: Record<string, string>): Promise<string[]> => {
  const { refused } = await scene.run(program(files), { source });
  return refused.map(({ file, line, field, code }) => `${file.slice(0, -4)}:${line} ${field} ${code}`);
};

describe('B10 rows', () => {
  it('of what is still to come are refused, in all files', async () => {
    const refused = await refusedOf({
      'sub-affiliates.csv': `partner_id,link,connected_at\n18,${source}-join,2099-01-01T00:00:00Z\n`,
      'players.csv':
        `user_id,link,sign_up_at\n${source},${source},2099-01-01T00:00:00Z\n` +
        `${source},${source},2024-01-01T00:00:00Z\n`,
    });
    expect(refused).toEqual([
      'sub-affiliates:2 connected_at INVALID_FIELD',
      'players:2 sign_up_at INVALID_FIELD',
    ]);
    const late =
      'id,email,name,kind,country,registered_at\n20,x@x.example,X,affiliate,DE,2099-01-01T00:00:00Z\n';
    const { refused: partners } = await scene.run({ 'partners.csv': late }, { source });
    expect(partners.map(({ field, code }) => `${field} ${code}`)).toEqual(['registered_at INVALID_FIELD']);
  });

  it('of players are refused where no player can have come by the link, or be from there', async () => {
    const refused = await refusedOf({
      'players.csv':
        'user_id,link,sign_up_at,country\n' +
        ['XX', 'ZZ', 'DEU', '12', 'de']
          .map((country) => `${source},${source},2024-01-01T00:00:00Z,${country}\n`)
          .join('') +
        `${source}-2,${source}-join,2024-01-01T00:00:00Z,DE\n`,
    });
    expect(refused).toEqual([
      ...[2, 3, 4, 5].map((line) => `players:${line} country INVALID_FIELD`),
      'players:7 link LINK_FOR_SUB_AFFILIATES',
    ]);
  });

  it('are refused where an id has blanks around it, which nothing else would name', async () => {
    const refused = await refusedOf({
      'players.csv': `user_id,link,sign_up_at\n" f-6 ",${source},2024-01-01T00:00:00Z\n" ",${source},2024-01-01T00:00:00Z\n`,
      'balances.csv': 'partner_id,currency,available\n" 17",EUR,1\n',
      'sub-affiliates.csv': `partner_id,link\n"18 ",${source}-join\n`,
    });
    expect(refused).toEqual([
      'sub-affiliates:2 partner_id INVALID_FIELD',
      'players:2 user_id INVALID_FIELD',
      'players:3 user_id INVALID_FIELD',
      'balances:2 partner_id INVALID_FIELD',
    ]);
    const { refused: more } = await scene.run(
      {
        'partners.csv':
          'id,email,name,kind,country\n" 20",x@x.example,X,affiliate,DE\n" ",y@x.example,X,affiliate,DE\n',
        'campaigns.csv': 'id,partner_id,brand,plan,name\n"c-2\u00a0",17,silver-owl,Share 25 %,Main\n',
        'links.csv': 'code,campaign_id,landing\nfine,"\tc-1",https://silverowl.example/welcome\n',
      },
      { source },
    );
    expect(more.map(({ line, field, code }) => `${line} ${field} ${code}`)).toEqual([
      '2 id INVALID_FIELD',
      '3 id INVALID_FIELD',
      '2 id INVALID_FIELD',
      '2 campaign_id INVALID_FIELD',
    ]);
  });

  it('of sub-affiliates say since when these are registered, where the partner’s own row does not', async () => {
    const connections =
      `partner_id,link,connected_at\n18,${source}-join,2024-06-20T09:00:00Z\n` +
      `19,${source}-join,2024-10-20T09:00:00Z\n`;
    expect(await refusedOf({ 'sub-affiliates.csv': connections })).toEqual([]);
    await app.db.query(
      `UPDATE users SET password_hash = (SELECT password_hash FROM users WHERE email = 'admin@example.com'), email_verified_at = now(), invited_at = NULL
        WHERE email = $1`,
      [`ann@${source}.example`],
    );
    const ann = await signIn(app, `ann@${source}.example`, 'correct horse battery');
    type Report = { rows: { period: string; registrationsCount: number }[] };
    const report = body<Report>(await ann.get('partner/reports/sub-affiliates?groupBy=month'), 200);
    expect(report.rows.map(({ period, registrationsCount }) => `${period} ${registrationsCount}`)).toEqual([
      '2024-06-01 1',
      '2024-09-01 1',
    ]);
    expect(await refusedOf({ 'sub-affiliates.csv': connections })).toEqual([]);
  });

  it('of balances are told apart in the month’s statement from what the month began with', async () => {
    expect(await refusedOf({ 'balances.csv': 'partner_id,currency,available\n17,EUR,12.50\n' })).toEqual([]);
    const [{ id }] = await app.db.query<[{ id: string }]>(
      `SELECT object_id AS id FROM imported_objects WHERE source = $1 AND kind = 'partner' AND external_id = '17'`,
      [source],
    );
    const path = `operator/partners/${id}/statements`;
    const { items } = body<{ items: string[] }>(await scene.operator.get(path), 200);
    const { text } = await scene.operator.get(`${path}/${items[0]}/csv`);
    const cells = text.trimEnd().split('\r\n').slice(1).map((line) => line.split(',')); // prettier-ignore
    expect(cells.map((row) => [row[2], row[5], row[6]].join(' '))).toEqual([
      'balance_brought_forward  0.00',
      'opening_balance 12.50 12.50',
      'closing_balance  12.50',
    ]);
  });
});
