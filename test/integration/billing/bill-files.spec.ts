import { parse } from 'csv-parse/sync';
import { randomUUID } from 'node:crypto';
import { extractText, getDocumentProxy } from 'unpdf';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestApp, type TestApp } from '../../support/app.js';
import { body, joinAsPartner, type Person } from '../../support/journey.js';
import { type Account, BillingScene, CPA_50, SHARE_25 } from './scene.js';

const NAUGHTY = [
  '=HYPERLINK("https://evil.example";"Click")',
  '@SUM(A1:A9)',
  '+1',
  '-1+1|cmd',
  '\tTab',
  'a "quoted", name\r\nof two lines',
];
const NAMES = ['Партнёр Ωμέγα Żółć', '東京アフィリエイト株式会社', 'شريك', 'हिन्दी', '한국 파트너', '🎰 Fox'];

describe('A13 bills as files', () => {
  let app: TestApp;
  let scene: BillingScene;
  let account: Account;
  let operator: Person;
  let partner: Person;
  let other: Person;
  let billId: string;

  beforeAll(async () => {
    app = await createTestApp();
    app.clock.set('2026-10-01T08:00:00Z');
    scene = await BillingScene.open(app);
    account = await scene.account({ strategies: [CPA_50, SHARE_25], period: 'daily' });
    await account.qualify('player-1', '2026-10-01');
    await account.play('player-1', '2026-10-01T20:00:00Z', { sums: { bets_sum: 400 } });
    other = await joinAsPartner(app, scene.operator, 'bob@partners.example');
    app.clock.set('2026-10-02T00:00:00Z');
    await account.bill('2026-10-01');
    operator = await scene.operator.signInAgain();
    await operator.enableTwoFactor();
    partner = await scene.partner.signInAgain();
    other = await other.signInAgain();
    const [bill] = await app.db.query<[{ id: string }]>('SELECT id FROM bills');
    billId = bill.id;
    const correction = { type: 'subtract', amount: '1.25', comment: 'Gebühr für Überweisung' };
    body(await operator.post(`operator/bills/${billId}/corrections`, correction), 201);
  });
  afterAll(() => app.close());

  const download = (person: Person, path: string) => person.get(path);
  const textOf = async (person: Person, path: string): Promise<string> => {
    const answer = await download(person, path);
    expect(answer.status, JSON.stringify(answer.body)).toBe(200);
    expect(answer.headers).toMatchObject({
      'content-type': 'application/pdf',
      'content-disposition': `attachment; filename="bill-${billId}.pdf"`,
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
    });
    const document = await getDocumentProxy(new Uint8Array(answer.body as Buffer));
    return (await extractText(document, { mergePages: true })).text;
  };
  const csvOf = async (person: Person): Promise<Record<string, string>[]> => {
    const realm = person === partner ? 'partner' : 'operator';
    const answer = await download(person, `${realm}/bills/${billId}/lines.csv`);
    expect(answer.status).toBe(200);
    expect(answer.headers).toMatchObject({
      'content-type': 'text/csv; charset=utf-8',
      'content-disposition': `attachment; filename="bill-${billId}-lines.csv"`,
      'x-content-type-options': 'nosniff',
    });
    return parse(answer.text, { columns: true });
  };

  it.each(['partner', 'operator'])('a PDF for the %s says who, what for and how much', async (realm) => {
    const text = await textOf(realm === 'partner' ? partner : operator, `${realm}/bills/${billId}/pdf`);
    for (const words of [
      `Number: ${billId}`,
      'Period: 2026-10-01 to 2026-10-01 (UTC)',
      'Brand: Lucky Fox',
      'Plan: Plan, version 1',
      'State: pending',
      'Commission per qualified player',
      'Share of revenue, 25%',
      'Gebühr für Überweisung',
      '-1.25',
      'Issued: 51.00 EUR',
      'To be paid: 49.75 EUR',
    ]) {
      expect(text).toContain(words);
    }
  });

  it.each(NAMES)('a partner called %s is named', async (name) => {
    await app.db.query('UPDATE partners SET legal_name = $2 WHERE id = $1', [scene.partnerId, name]);
    const text = await textOf(partner, `partner/bills/${billId}/pdf`);
    const letters = (value: string): string[] => [...value.normalize('NFKC').replaceAll(/\s/g, '')].sort();
    const named = text.slice(text.indexOf('Paid to') + 7);
    expect(letters(named)).toEqual(expect.arrayContaining(letters(name)));
    await app.db.query('UPDATE partners SET legal_name = NULL WHERE id = $1', [scene.partnerId]);
  });

  it('a bill of many lines runs over several pages, and its CSV has them all', async () => {
    const [line] = await app.db.query<[Record<string, unknown>]>(
      'SELECT * FROM bill_lines WHERE bill_id = $1 ORDER BY position LIMIT 1',
      [billId],
    );
    await app.db.query(
      `INSERT INTO bill_lines
       SELECT (jsonb_populate_record(NULL::bill_lines, $1::jsonb || jsonb_build_object(
                'id', gen_random_uuid(), 'position', 10 + n, 'line_key', 'more ' || n))).*
         FROM generate_series(1, 2100) AS n`,
      [JSON.stringify(line)],
    );
    const answer = await download(partner, `partner/bills/${billId}/pdf`);
    const document = await getDocumentProxy(new Uint8Array(answer.body as Buffer));
    expect(document.numPages).toBeGreaterThan(20);
    const { text } = await extractText(document, { mergePages: false });
    expect(text.slice(0, -1).every((page) => page.includes('Quantity'))).toBe(true);
    const rows = await csvOf(partner);
    expect(rows).toHaveLength(2102);
    expect(new Set(rows.map(({ Line }) => Line)).size).toBe(2102);
  });

  it.each(NAUGHTY)('in a CSV %j stays a text', async (name) => {
    await app.db.query('UPDATE campaigns SET name = $2 WHERE partner_id = $1', [scene.partnerId, name]);
    const [row] = await csvOf(operator);
    expect(row!.Campaign).toBe(/^[=@+\-\t]/.test(name) ? `'${name}` : name);
    expect(row).toMatchObject({
      Kind: 'period',
      Description: 'Commission per qualified player, 50.00 EUR per player',
      Strategy: 'cpa',
      Quantity: '1',
      Amount: '50.00',
      Currency: 'EUR',
    });
  });

  it.each(['pdf', 'lines.csv'])('%s of another partner’s bill does not exist', async (file) => {
    expect((await other.get(`partner/bills/${billId}/${file}`)).status).toBe(404);
    expect((await partner.get(`partner/bills/${randomUUID()}/${file}`)).status).toBe(404);
    expect((await partner.get(`operator/bills/${billId}/${file}`)).status).toBe(403);
    expect((await partner.get(`partner/bills/one/${file}`)).status).toBe(400);
  });
});
