import type { Readable } from 'node:stream';
import { type Column, csvLine, PdfPage } from '../../platform/index.js';
import type { TransactionType } from '../domain/transaction-type.js';
import type { Statement, StatementAccount, StatementLine } from './statements.service.js';

const HEADER = ['Currency', 'Time', 'Type', 'Reference', 'Memo', 'Amount', 'Balance'];
const COLUMNS: readonly Column[] = [
  { title: 'Day', width: 0.13 },
  { title: 'What', width: 0.43 },
  { title: 'Amount', width: 0.22, align: 'right' },
  { title: 'Balance', width: 0.22, align: 'right' },
];
const WORDS: Readonly<Record<TransactionType, string>> = {
  bill: 'Commission bill',
  balance_correction: 'Balance correction',
  opening_balance: 'Balance brought along',
  publication_reward: 'Publication',
  referral_bonus: 'Referral bonus',
  campaign_reward: 'Reward of a campaign post',
  payment_cashout: 'Cash-out',
  payment_refund: 'Refund',
};

/** Type of a currency's first row: `opening_balance` is a transaction, of what came from another program. */
const BROUGHT_FORWARD = 'balance_brought_forward';

/** The statement as CSV: per currency the opening balance, each transaction, and the closing balance. */
export async function* statementCsv({ month, accounts }: Statement): AsyncGenerator<string> {
  yield csvLine(HEADER);
  for (const { opening, lines } of accounts) {
    const { currency } = opening;
    yield csvLine([
      currency,
      `${month}-01T00:00:00.000Z`,
      BROUGHT_FORWARD,
      null,
      null,
      null,
      opening.toString(),
    ]);
    let closing = opening;
    for await (const { transaction, balance } of lines()) {
      const { createdAt, type, reference, memo } = transaction;
      yield csvLine([
        currency,
        createdAt.toISOString(),
        type,
        reference,
        memo,
        signed(transaction),
        balance.toString(),
      ]);
      closing = balance;
    }
    yield csvLine([currency, null, 'closing_balance', null, null, null, closing.toString()]);
  }
}

/** The statement as a PDF, to be read as a stream while it is written. */
export function statementPdf(statement: Statement): Readable {
  const page = new PdfPage(`Statement ${statement.month}`, statement.madeAt);
  write(page, statement).catch((error: unknown) => page.fail(error as Error));
  return page.stream;
}

async function write(page: PdfPage, { month, owner, madeAt, complete, accounts }: Statement): Promise<void> {
  page.text('Statement of account', { size: 18, bold: true });
  page.text(`Month: ${month} (UTC)${complete ? '' : ', which is not over'}`);
  page.text(`Made: ${madeAt.toISOString().slice(0, 19).replace('T', ' ')} UTC`);
  page.space();
  for (const [index, line] of owner.entries()) page.text(line, { bold: index === 0 });
  page.space();
  if (accounts.length === 0) page.text('There were no transactions until the end of the month.');
  for (const account of accounts) await writeAccount(page, account);
  page.end();
}

async function writeAccount(page: PdfPage, { opening, lines }: StatementAccount): Promise<void> {
  page.text(opening.currency, { size: 12, bold: true });
  page.text(`Opening balance: ${opening.toString()} ${opening.currency}`);
  let closing = opening;
  async function* rows(): AsyncGenerator<string[]> {
    for await (const line of lines()) {
      closing = line.balance;
      yield cellsOf(line);
    }
  }
  await page.table(COLUMNS, rows());
  page.text(`Closing balance: ${closing.toString()} ${closing.currency}`, { bold: true });
  page.space();
}

function cellsOf({ transaction, balance }: StatementLine): string[] {
  const { createdAt, type, direction, memo, reference } = transaction;
  const cancelled = type === 'payment_cashout' && direction === 'in' ? ' cancelled' : '';
  const what = `${WORDS[type]}${cancelled} ${reference}${memo === null ? '' : `: ${memo}`}`;
  return [createdAt.toISOString().slice(0, 10), what, signed(transaction), balance.toString()];
}

function signed({ amount, direction }: StatementLine['transaction']): string {
  return (direction === 'in' ? amount : amount.negate()).toString();
}
