import type { Readable } from 'node:stream';
import { type Column, type MoneyDto, PdfPage } from '../../platform/index.js';
import type { BillDto } from '../bills.dto.js';
import { lineWords } from '../domain/line-words.js';

/** What a bill on paper says beside what stands on the bill itself. */
export interface BillPaper {
  readonly bill: BillDto;
  /** Who is paid: name, address, tax number; one line each. */
  readonly payee: readonly string[];
  /** By id. */
  readonly campaigns: ReadonlyMap<string, string>;
}

const LINE_COLUMNS: readonly Column[] = [
  { title: 'Line', width: 0.42 },
  { title: 'Campaign', width: 0.2 },
  { title: 'Quantity', width: 0.11, align: 'right' },
  { title: 'Base', width: 0.13, align: 'right' },
  { title: 'Amount', width: 0.14, align: 'right' },
];
const CORRECTION_COLUMNS: readonly Column[] = [
  { title: 'Correction', width: 0.66 },
  { title: 'Day', width: 0.2 },
  { title: 'Amount', width: 0.14, align: 'right' },
];
const STATES = { pending: 'pending', on_hold: 'on hold', paid: 'paid', cancelled: 'cancelled' };

/** The bill as a PDF, to be read as a stream while it is written. */
export function billPdf(paper: BillPaper): Readable {
  const page = new PdfPage(`Bill ${paper.bill.id}`, paper.bill.createdAt);
  write(page, paper).catch((error: unknown) => page.fail(error as Error));
  return page.stream;
}

async function write(page: PdfPage, { bill, payee, campaigns }: BillPaper): Promise<void> {
  page.text('Commission bill', { size: 18, bold: true });
  for (const line of headOf(bill)) page.text(line);
  page.space();
  page.text('Paid to', { bold: true });
  for (const line of payee) page.text(line);
  page.space();
  await page.table(
    LINE_COLUMNS,
    bill.lines.map((line) => [
      lineWords(line),
      campaigns.get(line.campaignId ?? '') ?? '',
      String(line.quantity),
      line.base === null ? '' : line.base.amount,
      line.amount.amount,
    ]),
  );
  if (bill.corrections.length > 0) {
    await page.table(
      CORRECTION_COLUMNS,
      bill.corrections.map(({ comment, createdAt, type, amount }) => [
        comment,
        dayOf(createdAt),
        type === 'add' ? amount.amount : `-${amount.amount}`,
      ]),
    );
  }
  for (const line of totalsOf(bill)) page.text(line, { bold: true, size: 10 });
  page.end();
}

function headOf(bill: BillDto): string[] {
  const { period, brand, plan, state, processedAt, cancelReason } = bill;
  const decided = processedAt === null ? '' : ` on ${dayOf(processedAt)}`;
  return [
    `Number: ${bill.id}`,
    `Issued: ${dayOf(bill.createdAt)}`,
    `Period: ${period.firstDay} to ${period.lastDay} (${period.timeZone})`,
    `Brand: ${brand.name}`,
    `Plan: ${plan.name}, version ${plan.version}`,
    `State: ${STATES[state]}${decided}`,
    ...(cancelReason === null ? [] : [`Reason: ${cancelReason}`]),
  ];
}

function totalsOf({ issued, payable, payout }: BillDto): string[] {
  const totals = [`Issued: ${inWords(issued)}`, `To be paid: ${inWords(payable)}`];
  if (payout === null) return totals;
  if (payout.payable === null) {
    return [...totals, `Paid out in ${payout.currency}, at the rate of the period's last day`];
  }
  const rate = `1 ${payable.currency} = ${payout.rate} ${payout.currency} on ${payout.rateDay}`;
  return [...totals, `To be paid in ${payout.currency}: ${payout.payable.amount} (${rate})`];
}

function inWords({ amount, currency }: MoneyDto): string {
  return `${amount} ${currency}`;
}

function dayOf(at: Date): string {
  return at.toISOString().slice(0, 10);
}
