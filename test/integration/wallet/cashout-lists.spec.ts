import { readXlsx } from 'hucre/xlsx';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestApp, type TestApp } from '../../support/app.js';
import { body } from '../../support/journey.js';
import { type CashoutBody, WalletScene } from './scene.js';

interface ListBody {
  items: CashoutBody[];
  nextCursor: string | null;
}

const SORTS = ['-createdAt', 'createdAt', '-finishedAt', 'finishedAt', '-amount', 'amount'];
const TRICK = '=HYPERLINK("http://evil.example","x")';

describe('A12 A14 T10 lists of cash-outs and transactions', () => {
  let app: TestApp;
  let scene: WalletScene;
  let other: WalletScene;
  /** Ids of: 1 Nov 20.00 EUR cancelled on 5 Nov; 2 Nov 50.00 EUR paid on 3 Nov; 3 Nov 15.00 USD pending; 4 Nov 50.00 EUR refunded. */
  let ids: string[];

  beforeAll(async () => {
    app = await createTestApp();
    app.clock.set('2026-11-01T09:00:00Z');
    scene = await WalletScene.open(app);
    other = await WalletScene.open(app, scene.operator);
    for (const one of [scene, other]) {
      await one.credit('500.00');
      await one.credit('500.00', 'USD');
    }
    const bank = { holder: 'Ada Lovelace', iban: 'DE89370400440532013000', bic: 'COBADEFFXXX' };
    const on = async (day: string): Promise<void> => {
      app.clock.set(`2026-11-0${day}T10:00:00Z`);
      await scene.refresh();
    };
    const decide = async (id: string, decision: string, comment: string): Promise<void> => {
      body(await scene.operator.post(`operator/cashouts/${id}/${decision}`, { comment }), 200);
    };
    await on('1');
    const method = body<{ id: string }>(
      await scene.partner.post('partner/payment-methods', { type: 'bank_transfer', fields: bank }),
      201,
    );
    const first = await scene.withdraw('20.00');
    await on('2');
    const second = body<CashoutBody>(
      await scene.partner.post('partner/cashouts', {
        currency: 'EUR',
        amount: '50.00',
        paymentMethodId: method.id,
      }),
      201,
    );
    await on('3');
    await decide(second.id, 'accept', TRICK);
    const third = body<CashoutBody>(await scene.request('15.00', 'USD'), 201);
    await on('4');
    const fourth = await scene.withdraw('50.00');
    await decide(fourth.id, 'accept', 'Paid');
    await decide(fourth.id, 'refund', '@SUM(1,2)');
    await on('5');
    await decide(first.id, 'cancel', 'Wrong account');
    ids = [first, second, third, fourth].map(({ id }) => id);
    other.partner = await other.partner.signInAgain();
    await other.partner.stepUp();
    body(await other.request('33.00'), 201);
    await scene.refresh();
  });
  afterAll(() => app.close());

  const list = async (query = ''): Promise<ListBody> =>
    body<ListBody>(await scene.partner.get(`partner/cashouts?${query}`), 200);
  const numbers = async (query = ''): Promise<number[]> =>
    (await list(query)).items.map(({ id }) => ids.indexOf(id) + 1);

  it.each([
    ['', [4, 3, 2, 1]],
    ['state=cancelled', [1]],
    ['state=refund', [4]],
    ['currency=USD', [3]],
    ['type=bank_transfer', [2]],
    ['type=webmoney', []],
    ['minAmount=20', [4, 2, 1]],
    ['minAmount=20.001&maxAmount=50.0', [4, 2]],
    ['maxAmount=15', [3]],
    ['from=2026-11-02&to=2026-11-03', [3, 2]],
    ['finishedFrom=2026-11-04', [4, 1]],
    ['finishedTo=2026-11-04', [4, 2]],
    ['sort=createdAt', [1, 2, 3, 4]],
    ['sort=finishedAt', [2, 4, 1, 3]],
    ['sort=-finishedAt', [3, 1, 4, 2]],
    ['sort=amount', [1, 2, 4, 3]],
    ['sort=-amount', [3, 4, 2, 1]],
    ['sort=amount&currency=EUR&minAmount=50', [2, 4]],
  ])('?%s gives %j', async (query, expected) => {
    expect(await numbers(query)).toEqual(expected);
  });

  it.each(SORTS)('sorted by %s, pages of one are the list', async (sort) => {
    const whole = (await list(`sort=${sort}`)).items.map(({ id }) => id);
    const paged: string[] = [];
    for (let cursor: string | null = ''; cursor !== null;) {
      const page: ListBody = await list(`sort=${sort}&limit=1${cursor && `&cursor=${cursor}`}`);
      paged.push(...page.items.map(({ id }) => id));
      cursor = page.nextCursor;
    }
    expect(paged).toEqual(whole);
  });

  it('sorted by amount, a page may begin behind an ether, which is 10^18 of its smallest unit', async () => {
    const behind = Buffer.from(JSON.stringify(['ETH', '1500000000000000000', ids[0]])).toString('base64url');
    expect(await numbers(`sort=amount&cursor=${behind}`)).toEqual([1, 2, 4, 3]);
    expect(await numbers(`sort=-amount&cursor=${behind}`)).toEqual([]);
    const beyond = Buffer.from(JSON.stringify(['ETH', '9223372036854775808', ids[0]])).toString('base64url');
    body(await scene.partner.get(`partner/cashouts?sort=amount&cursor=${beyond}`), 400);
  });

  it.each([
    'sort=state',
    'currency=eur',
    'currency=ZZZ',
    'minAmount=1e3',
    'minAmount=-1',
    'maxAmount=%D9%A1',
    'finishedFrom=yesterday',
    'type=cheque',
    'format=pdf',
    'order=asc',
    ...SORTS.map((sort) => `sort=${sort}&cursor=WyIxIl0`),
    `sort=amount&cursor=${Buffer.from(JSON.stringify(["EUR';", '1', '2'])).toString('base64url')}`,
  ])('?%s is refused, and the parameter named', async (query) => {
    const problem = body<{ errors: { path: string }[] }>(
      await scene.partner.get(`partner/cashouts?${query}`),
      400,
    );
    expect(query).toContain(`${problem.errors[0]!.path}=`);
  });

  it.each([
    ['from=2026-11-05&to=2026-11-04', 'to', 'must not be before from'],
    ['finishedFrom=2026-11-05&finishedTo=2026-11-04', 'finishedTo', 'must not be before finishedFrom'],
  ])('?%s ends before it begins, and both ends are named', async (query, path, message) => {
    const answer = await scene.operator.get(`operator/cashouts?${query}`);
    expect(body(answer, 400)).toMatchObject({ errors: [{ path, message }] });
  });

  it('are exported as CSV, masked and inert', async () => {
    const answer = await scene.partner.get('partner/cashouts?format=csv&sort=createdAt&limit=1');
    expect(answer.headers['content-disposition']).toBe('attachment; filename="cashouts.csv"');
    const lines = answer.text.trimEnd().split('\r\n');
    expect(lines).toHaveLength(5);
    expect(lines[0]).toBe(
      'ID,Created,Finished,State,Payment system,Account,Amount,Refunded,Currency,Comment',
    );
    const [id, created, finished, ...rest] = lines[2]!.split(',');
    expect([id, created!.slice(0, 10), finished!.slice(0, 10)]).toEqual([ids[1], '2026-11-02', '2026-11-03']);
    expect(rest.join()).toBe(
      `success,Bank transfer,"A**** L****, DE****3000, COBA****",50.00,0.00,EUR,"'=HYPERLINK(""http://evil.example"",""x"")"`,
    );
    expect(lines[4]).toContain("'@SUM(1,2)");
    expect(answer.text).not.toMatch(/Lovelace|37040044|COBADEFF|ann@/);
  });

  it('are exported as XLSX, numbers as numbers and texts as texts', async () => {
    const answer = await scene.operator.download('operator/cashouts?format=xlsx&sort=createdAt');
    expect(answer.status).toBe(200);
    const { sheets } = await readXlsx(answer.body as Buffer);
    const [header, ...rows] = sheets[0]!.rows;
    expect(header!.slice(0, 2)).toEqual(['Partner ID', 'ID']);
    expect(rows).toHaveLength(5);
    expect(rows.map(([partner]) => partner)).toContain(other.ownerId);
    const paid = rows.find(([, id]) => id === ids[1])!;
    expect(paid.slice(4)).toMatchObject([
      'success',
      'Bank transfer',
      'A**** L****, DE****3000, COBA****',
      50,
      0,
      'EUR',
      TRICK,
    ]);
  });

  it('of all partners are the operators’ to filter', async () => {
    const read = async (query: string) =>
      body<{ items: { partnerId: string }[] }>(await scene.operator.get(`operator/cashouts?${query}`), 200)
        .items;
    expect((await read('sort=createdAt')).map(({ partnerId }) => partnerId)).toEqual(
      [scene, scene, scene, scene, other].map(({ ownerId }) => ownerId),
    );
    expect(await read(`partnerId=${other.ownerId}&minAmount=33&maxAmount=33`)).toHaveLength(1);
  });

  it('of transactions are sorted either way and exported', async () => {
    const read = async (query: string) =>
      body<{ items: { id: string }[]; nextCursor: string | null }>(
        await scene.partner.get(`partner/transactions?${query}`),
        200,
      );
    const latest = (await read('')).items;
    const oldest: { id: string }[] = [];
    for (let cursor: string | null = ''; cursor !== null;) {
      const page: Awaited<ReturnType<typeof read>> = await read(
        `sort=createdAt&limit=3${cursor && `&cursor=${cursor}`}`,
      );
      oldest.push(...page.items);
      cursor = page.nextCursor;
    }
    expect(oldest).toEqual([...latest].reverse());
    expect((await read('type=payment')).items).toHaveLength(latest.length - 2);

    const csv = (await scene.partner.get('partner/transactions?format=csv&sort=createdAt')).text;
    const lines = csv.trimEnd().split('\r\n');
    expect(lines[0]).toBe('ID,Created,Type,Direction,Amount,Balance after,Currency,Reference,Memo');
    expect(lines).toHaveLength(latest.length + 1);
    expect(lines[3]).toContain(`payment_cashout,out,-20.00,480.00,EUR,${ids[0]},`);
    const file = await scene.partner.download('partner/transactions?format=xlsx&type=bill');
    const { sheets } = await readXlsx(file.body as Buffer);
    expect(sheets[0]!.rows.slice(1).map((row) => row.slice(2, 7))).toEqual([
      ['bill', 'in', 500, 500, 'USD'],
      ['bill', 'in', 500, 500, 'EUR'],
    ]);
  });
});
