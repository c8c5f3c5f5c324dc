import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { XmlDocument, XsdValidator } from 'libxml2-wasm';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { UnitOfWork } from '../../../src/platform/index.js';
import { CashoutDecisions } from '../../../src/wallet/index.js';
import { body } from '../../support/journey.js';
import { type BatchBody, PayoutScene } from './payout-scene.js';

interface ProblemBody {
  code: string;
  payoutBatchId?: string;
  errors: { path: string; message: string }[];
}
interface ImportBody {
  recorded: number;
  unchanged: number;
  open: number;
  refused: { place: string; line: string | null; code: string }[];
}

const BATCHES = 'operator/payout-batches';
const problem = (answer: Parameters<typeof body>[0], status: number) => body<ProblemBody>(answer, status);

let scene: PayoutScene;

beforeAll(async () => {
  scene = await PayoutScene.open();
});
beforeEach(() => scene.refresh());
afterAll(async () => {
  expect(await scene.mismatches()).toEqual([]);
  await scene.app.close();
});

describe('B09 payout batches by two operators', () => {
  it('takes exactly the cash-outs that the filters were shown to find', async () => {
    await scene.cashouts(2, 'paypal', '55.00');
    await scene.cashouts(1, 'bank_transfer', '55.00');
    const filter = { paymentMethodType: 'paypal', currency: 'EUR', amountAtMost: '60.00' };
    const path = `operator/payout-candidates?${new URLSearchParams(filter).toString()}`;
    const shown = body<{ fingerprint: string }>(await scene.maker.get(path), 200);
    expect(shown).toMatchObject({ cashouts: 2, total: { amount: '110.00', currency: 'EUR' } });

    await scene.cashouts(1, 'paypal', '55.00');
    const { fingerprint } = shown;
    const changed = await scene.maker.post(BATCHES, { ...filter, fingerprint });
    expect(problem(changed, 409).code).toBe('PAYOUT_CANDIDATES_CHANGED');
    expect(problem(await scene.maker.post(BATCHES, filter), 422).errors[0]!.path).toBe('fingerprint');

    const again = body<{ fingerprint: string }>(await scene.maker.get(path), 200);
    const made = await scene.maker.post(BATCHES, { ...filter, fingerprint: again.fingerprint });
    expect(body<BatchBody>(made, 201)).toMatchObject({
      state: 'draft',
      executionDate: '2026-11-02',
      sums: [{ state: 'pending', lines: 3, amount: { amount: '165.00', currency: 'EUR' } }],
    });
    expect(body(await scene.maker.get(path), 200)).toMatchObject({ cashouts: 0 });
    const empty = body<{ fingerprint: string }>(await scene.maker.get(path), 200);
    const nothing = await scene.maker.post(BATCHES, { ...filter, fingerprint: empty.fingerprint });
    expect(problem(nothing, 422).code).toBe('NOTHING_TO_PAY');
  });

  it('names every cash-out that cannot be in it', async () => {
    const [paypal, done] = await scene.cashouts(2, 'paypal');
    const [bank] = await scene.cashouts(1, 'bank_transfer');
    body(await scene.maker.post(`operator/cashouts/${done}/accept`), 200);
    const missing = '01920000-0000-7000-8000-00000000dead';
    const asked = { paymentMethodType: 'paypal', currency: 'EUR', cashoutIds: [paypal, bank, done, missing] };
    expect(problem(await scene.maker.post(BATCHES, asked), 422)).toMatchObject({
      code: 'CASHOUTS_NOT_PAYABLE',
      errors: [
        { path: 'cashoutIds.1', message: 'is paid by bank_transfer' },
        { path: 'cashoutIds.2', message: 'is not pending, its wallet is frozen, or its account is erased' },
        { path: 'cashoutIds.3', message: 'is no cash-out' },
      ],
    });
    expect(
      problem(await scene.maker.post(BATCHES, { ...asked, executionDate: '2026-11-01' }), 422).errors,
    ).toEqual([{ path: 'executionDate', message: expect.stringContaining('must not be before 2026-11-02') }]);
  });

  it('is approved by somebody else than who made it, once', async () => {
    const { id } = await scene.draft(await scene.cashouts(1, 'paypal'), 'paypal');
    const path = `${BATCHES}/${id}/approve`;
    expect(problem(await scene.maker.post(path), 409).code).toBe('PAYOUT_NEEDS_OTHER_OPERATOR');
    for (const way of ['export', 'hand-over']) {
      const early = await scene.maker.post(`${BATCHES}/${id}/${way}`);
      expect(problem(early, 409).code).toBe('PAYOUT_BATCH_STATE_CONFLICT');
    }
    expect(body(await scene.checker.post(path), 200)).toMatchObject({ state: 'approved' });
    expect(problem(await scene.checker.post(path), 409).code).toBe('PAYOUT_BATCH_STATE_CONFLICT');
    await expect(
      scene.app.db.query('UPDATE payout_batches SET approved_by = created_by WHERE id = $1', [id]),
    ).rejects.toThrow('payout_batches_four_eyes');
  });

  it('keeps its cash-outs from everybody else, until it is cancelled', async () => {
    const cashout = await scene.cashout('paypal');
    const { id } = await scene.approved([cashout.id], 'paypal');
    for (const decision of ['accept', 'cancel']) {
      const answer = await scene.maker.post(`operator/cashouts/${cashout.id}/${decision}`);
      expect(problem(answer, 409)).toMatchObject({ code: 'CASHOUT_IN_PAYOUT_BATCH', payoutBatchId: id });
    }
    const nest = scene.app.app;
    const cancelAs = (ownerId: string) =>
      nest.get(UnitOfWork).run((tx) =>
        nest.get(CashoutDecisions).cancel(tx, cashout.id, {
          actor: {
            userId: cashout.ownerId,
            impersonatorId: null,
            partnerId: ownerId,
            requestId: null,
            realm: 'partner',
          },
          ownerId,
        }),
      );
    await expect(cancelAs(cashout.ownerId)).rejects.toMatchObject({ code: 'CASHOUT_IN_PAYOUT_BATCH' });
    // Another owner does not even learn that.
    await expect(cancelAs('01920000-0000-7000-8000-00000000dead')).rejects.toMatchObject({
      code: 'NOT_FOUND',
    });

    const asked = { paymentMethodType: 'paypal', currency: 'EUR', cashoutIds: [cashout.id] };
    expect(problem(await scene.maker.post(BATCHES, asked), 409)).toMatchObject({
      code: 'CASHOUT_IN_PAYOUT_BATCH',
      payoutBatchId: id,
    });
    expect(body(await scene.maker.post(`${BATCHES}/${id}/cancel`), 200)).toMatchObject({
      state: 'cancelled',
      sums: [{ state: 'cancelled', lines: 1 }],
    });
    await scene.draft([cashout.id], 'paypal');
  });

  it('of batches, cancellations and acceptances of one cash-out at once, one wins', async () => {
    for (let round = 0; round < 5; round += 1) {
      const { id, ownerId } = await scene.cashout('paypal');
      const asked = { paymentMethodType: 'paypal', currency: 'EUR', cashoutIds: [id] };
      const answers = await Promise.all(
        Array.from({ length: 12 }, (_, index) => {
          if (index % 3 === 0) return scene.maker.post(BATCHES, asked);
          return scene.checker.post(`operator/cashouts/${id}/${index % 3 === 1 ? 'cancel' : 'accept'}`);
        }),
      );
      expect(answers.filter(({ status }) => status < 300)).toHaveLength(1);
      expect(answers.every(({ status }) => [200, 201, 409, 422].includes(status))).toBe(true);
      const lines = await scene.app.db.query('SELECT id FROM payout_lines WHERE cashout_id = $1', [id]);
      const [state] = await scene.states([id]);
      expect(lines).toHaveLength(state === 'pending' ? 1 : 0);
      expect((await scene.balance(ownerId)).reduce((sum, part) => sum + part)).toBe(10_000);
    }
  });
});

describe('B09 payout files', () => {
  it('are pain.001.001.09 for banks: the same bytes every time, by their recorded hash', async () => {
    const { id, reference } = await scene.approved(
      await scene.cashouts(3, 'bank_transfer', '70.10'),
      'bank_transfer',
    );
    const first = await scene.export(id);
    expect(first.headers['content-disposition']).toBe(`attachment; filename="payout-${reference}.xml"`);
    const schema = XmlDocument.fromBuffer(
      readFileSync(join(import.meta.dirname, 'schemas/pain.001.001.09-payouts.xsd')),
    );
    const validator = XsdValidator.fromDoc(schema);
    const document = XmlDocument.fromString(first.text);
    validator.validate(document);
    for (const used of [document, validator, schema]) used.dispose();
    expect(first.text).toContain('<Nm>Tributary Muller + Sohne</Nm>');
    expect(first.text).toContain('<NbOfTxs>3</NbOfTxs>');
    expect(first.text).toContain('<CtrlSum>210.30</CtrlSum>');
    for (const line of await scene.lines(id)) {
      expect(line.state).toBe('sent');
      expect(first.text).toContain(`<EndToEndId>${line.reference}</EndToEndId>`);
    }

    scene.app.clock.advance(2 * 86_400);
    await scene.refresh();
    const again = await scene.export(id);
    expect(again.text).toBe(first.text);
    const hash = createHash('sha256').update(first.text).digest('hex');
    expect(await scene.batch(id)).toMatchObject({ state: 'sent', fileSha256: hash });
    const log = await scene.app.db.query(
      `SELECT count(*)::int AS exports FROM audit_log WHERE action = 'payout_batch.export' AND subject_id = $1`,
      [id],
    );
    expect(log).toEqual([{ exports: 2 }]);
    const [stored] = await scene.app.db.query(
      'SELECT payout_batches::text AS row FROM payout_batches WHERE id = $1',
      [id],
    );
    expect(stored.row).not.toContain('PL61');
  });

  it('are written once by parallel exports, on the day of the export at the earliest', async () => {
    const { id, executionDate } = await scene.approved(
      await scene.cashouts(2, 'bank_transfer'),
      'bank_transfer',
    );
    scene.app.clock.advance(86_400);
    await scene.refresh();
    const files = await Promise.all(Array.from({ length: 8 }, () => scene.export(id)));
    expect(new Set(files.map(({ text }) => text)).size).toBe(1);
    const batch = await scene.batch(id);
    expect(Date.parse(batch.executionDate) - Date.parse(executionDate)).toBe(86_400_000);
    expect(files[0]!.text).toContain(`<Dt>${batch.executionDate}</Dt>`);
  });

  it('are PayPal’s CSV for PayPal; addresses that spreadsheets compute are not written', async () => {
    const odd = await scene.cashout('paypal', '12.00', { email: '=ann@example.com' });
    const { id } = await scene.approved([odd.id], 'paypal');
    const refused = problem(await scene.maker.post(`${BATCHES}/${id}/export`), 422);
    expect(refused.code).toBe('PAYOUT_LINES_NOT_WRITABLE');
    const other = await scene.cashout('paypal', '12.00', { email: 'ann@example.com' });
    const plain = await scene.exported([other.id], 'paypal');
    const [line] = await scene.lines(plain.id);
    expect((await scene.export(plain.id)).text).toBe(
      `ann@example.com,12.00,EUR,${line!.reference},Payout,PAYPAL\r\n`,
    );
  });

  it('need what they need', async () => {
    const { id } = await scene.approved(await scene.cashouts(1, 'bank_transfer'), 'bank_transfer');
    const answer = await scene.maker.post(`${BATCHES}/${id}/hand-over`);
    expect(problem(answer, 422).code).toBe('PAYOUT_WAY_UNKNOWN');
    const paypal = await scene.approved(await scene.cashouts(1, 'paypal'), 'paypal');
    const unset = await scene.maker.post(`${BATCHES}/${paypal.id}/hand-over`);
    expect(problem(unset, 422).code).toBe('PAYOUTS_NOT_CONFIGURED');
  });
});

describe('B09 results of payouts', () => {
  const csv = (...rows: string[]) => `line_id,outcome,reason\n${rows.join('\n')}\n`;

  it('are imported in any order and repetition, each once; what is wrong is named by its row', async () => {
    const paid = await Promise.all(['a', 'b', 'c'].map(() => scene.cashout('bank_transfer')));
    const cashoutIds = paid.map(({ id }) => id);
    const { id } = await scene.exported(cashoutIds, 'bank_transfer');
    const lines = await scene.lines(id);
    const lineOf = (index: number) => lines.find(({ cashoutId }) => cashoutId === cashoutIds[index])!;
    const file = csv(
      `${lineOf(1).reference},failure,The account is closed`,
      `${lineOf(0).id},success,`,
      `${lineOf(0).id},failure,Twice`,
      `01920000-0000-7000-8000-00000000dead,success,`,
      `nonsense,success,`,
      `${lineOf(2).id},perhaps,`,
    );
    const first = body<ImportBody>(await scene.import(id, file), 200);
    expect(first).toMatchObject({ recorded: 2, unchanged: 0, open: 0 });
    expect(first.refused.map(({ place, code }) => [place, code]).sort()).toEqual([
      ['line 4', 'LINE_NAMED_TWICE'],
      ['line 5', 'UNKNOWN_LINE'],
      ['line 6', 'UNKNOWN_LINE'],
      ['line 7', 'INVALID_ROW'],
    ]);
    expect(await scene.states(cashoutIds)).toEqual(['success', 'cancelled', 'pending']);
    expect(await scene.balance(paid[0]!.ownerId)).toEqual([0, 0, 10_000]);
    expect(await scene.balance(paid[1]!.ownerId)).toEqual([10_000, 0, 0]);
    expect(body(await scene.maker.get(`operator/cashouts/${cashoutIds[1]}`), 200)).toMatchObject({
      comment: 'The account is closed',
    });

    const again = body<ImportBody>(await scene.import(id, file), 200);
    expect(again).toMatchObject({ recorded: 0, unchanged: 2 });
    expect(again.refused).toHaveLength(4);
    const opposite = csv(`${lineOf(0).id},failure,No`, `${lineOf(1).id},success,`);
    expect(body<ImportBody>(await scene.import(id, opposite), 200)).toMatchObject({
      recorded: 0,
      refused: [{ code: 'PAYOUT_LINE_STATE_CONFLICT' }, { code: 'PAYOUT_LINE_STATE_CONFLICT' }],
    });

    const mark = { outcome: 'succeeded' };
    expect(
      body(await scene.maker.post(`${BATCHES}/${id}/lines/${lineOf(2).id}/mark`, mark), 200),
    ).toMatchObject({
      state: 'succeeded',
    });
    expect(await scene.batch(id)).toMatchObject({
      state: 'settled',
      sums: [
        { state: 'succeeded', lines: 2, amount: { amount: '200.00' } },
        { state: 'failed', lines: 1, amount: { amount: '100.00' } },
      ],
    });
  });

  it('come from a bank’s pain.002 as well, for payments, blocks and the whole', async () => {
    const cashoutIds = await scene.cashouts(3, 'bank_transfer');
    const { id, reference } = await scene.exported(cashoutIds, 'bank_transfer');
    const lines = await scene.lines(id);
    const report = (status: string, block: string) =>
      '<Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.002.001.10"><CstmrPmtStsRpt><GrpHdr><MsgId>R</MsgId>' +
      `<CreDtTm>2026-11-03T08:00:00Z</CreDtTm></GrpHdr><OrgnlGrpInfAndSts><OrgnlMsgId>${reference}</OrgnlMsgId>` +
      `<OrgnlMsgNmId>pain.001.001.09</OrgnlMsgNmId><GrpSts>${status}</GrpSts></OrgnlGrpInfAndSts>${block}` +
      '</CstmrPmtStsRpt></Document>';
    const transaction = (index: number, status: string) =>
      `<TxInfAndSts><OrgnlEndToEndId>${lines[index]!.reference}</OrgnlEndToEndId><TxSts>${status}</TxSts>` +
      '<StsRsnInf><Rsn><Cd>AC04</Cd></Rsn></StsRsnInf></TxInfAndSts>';
    const block = (content: string) =>
      `<OrgnlPmtInfAndSts><OrgnlPmtInfId>${reference}-SEPA</OrgnlPmtInfId>${content}</OrgnlPmtInfAndSts>`;

    expect(body(await scene.import(id, report('ACTC', '')), 200)).toMatchObject({ recorded: 0, open: 0 });
    const waits = report('ACSC', block('<PmtInfSts>PDNG</PmtInfSts>'));
    expect(body(await scene.import(id, waits), 200)).toMatchObject({ recorded: 0, refused: [] });
    const part = report('PART', block(transaction(0, 'RJCT') + transaction(1, 'ACSP')));
    expect(body(await scene.import(id, part), 200)).toMatchObject({ recorded: 1, open: 1, refused: [] });
    const rest = report('PART', block(`<PmtInfSts>ACSC</PmtInfSts>${transaction(1, 'ACSP')}`));
    expect(body(await scene.import(id, rest), 200)).toMatchObject({ recorded: 1, open: 1, refused: [] });
    expect((await scene.lines(id)).map(({ state, reason }) => [state, reason])).toEqual([
      ['failed', 'AC04'],
      ['sent', null],
      ['succeeded', null],
    ]);
    expect(body(await scene.import(id, report('ACSC', '')), 200)).toMatchObject({ recorded: 1 });
    expect(await scene.batch(id)).toMatchObject({ state: 'settled' });

    const other = await scene.exported(await scene.cashouts(1, 'bank_transfer'), 'bank_transfer');
    expect(problem(await scene.import(other.id, report('ACSC', '')), 422).code).toBe(
      'INVALID_PAYOUT_RESULTS',
    );
    expect(problem(await scene.import(other.id, 'what is this'), 422).errors[0]!.path).toBe('file');
  });

  it('are recorded once by parallel imports and marks', async () => {
    const cashouts = await Promise.all(Array.from({ length: 6 }, () => scene.cashout('bank_transfer')));
    const { id } = await scene.exported(
      cashouts.map((cashout) => cashout.id),
      'bank_transfer',
    );
    const lines = await scene.lines(id);
    const files = [
      csv(...lines.map((line) => `${line.id},success,`)),
      csv(...lines.toReversed().map((line) => `${line.id},failure,No`)),
    ];
    const answers = await Promise.all([
      ...Array.from({ length: 6 }, (_, index) => scene.import(id, files[index % 2]!)),
      ...lines.map((line) =>
        scene.maker.post(`${BATCHES}/${id}/lines/${line.id}/mark`, { outcome: 'succeeded' }),
      ),
    ]);
    expect(answers.every(({ status }) => [200, 409].includes(status))).toBe(true);
    for (const { ownerId } of cashouts) {
      const [available, processing, paid] = await scene.balance(ownerId);
      expect(processing).toBe(0);
      expect([available, paid].sort()).toEqual([0, 10_000]);
    }
    expect(await scene.batch(id)).toMatchObject({ state: 'settled' });
  });

  it('wait for a wallet that is frozen meanwhile', async () => {
    const { id: cashoutId, ownerId } = await scene.cashout('bank_transfer');
    const { id } = await scene.exported([cashoutId], 'bank_transfer');
    const [line] = await scene.lines(id);
    await scene.freeze(ownerId);
    const file = csv(`${line!.id},success,`);
    expect(body(await scene.import(id, file), 200)).toMatchObject({
      recorded: 0,
      refused: [{ place: 'line 2', code: 'WALLET_FROZEN' }],
    });
    expect((await scene.lines(id))[0]).toMatchObject({ state: 'sent' });
    await scene.thaw(ownerId);
    expect(body(await scene.import(id, file), 200)).toMatchObject({ recorded: 1, refused: [] });
  });

  it('say why where a payment failed', async () => {
    const { id } = await scene.exported(await scene.cashouts(1, 'bank_transfer'), 'bank_transfer');
    const [line] = await scene.lines(id);
    const path = `${BATCHES}/${id}/lines/${line!.id}/mark`;
    expect(problem(await scene.maker.post(path, { outcome: 'failed' }), 422).errors[0]!.path).toBe('reason');
    const failed = { outcome: 'failed', reason: 'Recipient unknown' };
    expect(body(await scene.maker.post(path, failed), 200)).toMatchObject({
      state: 'failed',
      reason: 'Recipient unknown',
    });
    expect(body(await scene.maker.post(path, failed), 200)).toMatchObject({ state: 'failed' });
  });
});
