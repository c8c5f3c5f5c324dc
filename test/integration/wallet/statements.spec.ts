import { extractText, getDocumentProxy } from 'unpdf';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestApp, type TestApp } from '../../support/app.js';
import { body } from '../../support/journey.js';
import { WalletScene } from './scene.js';

async function pdfText(pdf: Buffer): Promise<string> {
  return (await extractText(await getDocumentProxy(new Uint8Array(pdf)), { mergePages: true })).text;
}

describe('A14 T09 statements of a month', () => {
  let app: TestApp;
  let scene: WalletScene;
  let cashoutId: string;

  /** September: 100.00 EUR and 5 USD in. October: nothing. November: 40.00 EUR out at its first instant, 10.00 corrected. */
  beforeAll(async () => {
    app = await createTestApp();
    app.clock.set('2026-09-01T09:00:00Z');
    scene = await WalletScene.open(app);
    app.clock.set('2026-09-30T23:59:59.999Z');
    await scene.credit('100.00', 'EUR', 'bill-1');
    await scene.credit('5.00', 'USD', 'bill-2');
    app.clock.set('2026-10-31T23:58:00Z');
    await scene.refresh();
    app.clock.set('2026-11-01T00:00:00Z');
    cashoutId = (await scene.withdraw('40.00')).id;
    app.clock.set('2026-11-02T10:00:00Z');
    await scene.refresh();
    body(
      await scene.operator.post('operator/balance-corrections', {
        partnerId: scene.ownerId,
        type: 'add',
        currency: 'EUR',
        amount: '10.00',
        comment: '=1+1',
      }),
      201,
    );
  });
  afterAll(() => app.close());

  const lines = async (month: string): Promise<string[]> => {
    const answer = await scene.partner.get(`partner/statements/${month}/csv`);
    expect(answer.status).toBe(200);
    expect(answer.headers['content-disposition']).toBe(`attachment; filename="statement-${month}.csv"`);
    return answer.text
      .trimEnd()
      .split('\r\n')
      .slice(1)
      .map((line) =>
        line.replace(/[0-9a-f]{8}-[0-9a-f-]{27}/, (id) => (id === cashoutId ? 'cashout' : 'id')),
      );
  };

  it('open with what the month before closed with, in each currency', async () => {
    expect(await lines('2026-08')).toEqual([]);
    expect(await lines('2026-09')).toEqual([
      'EUR,2026-09-01T00:00:00.000Z,balance_brought_forward,,,,0.00',
      'EUR,2026-09-30T23:59:59.999Z,bill,bill-1,,100.00,100.00',
      'EUR,,closing_balance,,,,100.00',
      'USD,2026-09-01T00:00:00.000Z,balance_brought_forward,,,,0.00',
      'USD,2026-09-30T23:59:59.999Z,bill,bill-2,,5.00,5.00',
      'USD,,closing_balance,,,,5.00',
    ]);
    expect(await lines('2026-10')).toEqual([
      'EUR,2026-10-01T00:00:00.000Z,balance_brought_forward,,,,100.00',
      'EUR,,closing_balance,,,,100.00',
      'USD,2026-10-01T00:00:00.000Z,balance_brought_forward,,,,5.00',
      'USD,,closing_balance,,,,5.00',
    ]);
    const november = await lines('2026-11');
    expect(november.slice(0, 2)).toEqual([
      'EUR,2026-11-01T00:00:00.000Z,balance_brought_forward,,,,100.00',
      'EUR,2026-11-01T00:00:00.000Z,payment_cashout,cashout,,-40.00,60.00',
    ]);
    expect(november[2]).toMatch(/^EUR,2026-11-02T10:0.*Z,balance_correction,id,'=1\+1,10\.00,70\.00$/);
    expect(november[3]).toBe('EUR,,closing_balance,,,,70.00');
    expect((await scene.balance())[0]).toBe('70.00');
  });

  it('are listed, and not of months that have not begun', async () => {
    const { items } = body<{ items: string[] }>(await scene.partner.get('partner/statements'), 200);
    expect(items).toEqual(['2026-11', '2026-10', '2026-09']);
    for (const month of ['2026-12', '2026-13', '2026-1', 'now', '2026-11-01']) {
      body(await scene.partner.get(`partner/statements/${month}/csv`), 404);
    }
  });

  it('are PDFs too, for the partner and for operators', async () => {
    const own = await scene.partner.download('partner/statements/2026-11/pdf');
    expect(own.headers['content-type']).toBe('application/pdf');
    const text = await pdfText(own.body as Buffer);
    for (const part of [
      'Month: 2026-11 (UTC), which is not over',
      'Opening balance: 100.00 EUR',
      '-40.00',
      'Closing balance: 70.00 EUR',
      'Closing balance: 5.00 USD',
    ])
      expect(text).toContain(part);
    const path = `operator/partners/${scene.ownerId}/statements`;
    const theirs = await scene.operator.download(`${path}/2026-11/pdf`);
    expect(await pdfText(theirs.body as Buffer)).toContain('Closing balance: 70.00 EUR');
    expect(body(await scene.operator.get(path), 200)).toEqual({
      items: ['2026-11', '2026-10', '2026-09'],
      nextCursor: null,
    });
    const csv = await scene.operator.get(`${path}/2026-09/csv`);
    expect(csv.text).toContain('EUR,,closing_balance,,,,100.00');
    body(await scene.partner.get(`${path}/2026-09/csv`), 403);
  });
});
