import XmlBuilder from 'fast-xml-builder';
import { isSEPACountry } from 'ibantools';
import type { Money } from '../../platform/money/money.js';
import { sepaText } from './sepa-text.js';

/** The account that payouts come from. */
export interface DebtorAccount {
  readonly name: string;
  readonly iban: string;
  readonly bic: string;
}

/** One payment to a bank account. */
export interface CreditTransfer {
  /** At most 35 characters, unique for good; the bank names the payment by it. */
  readonly reference: string;
  readonly amount: Money;
  readonly holder: string;
  readonly iban: string;
  readonly bic: string;
}

/** Payments that a bank is to make on one day from one account, in one currency. */
export interface PaymentOrder {
  /** At most 30 characters, unique for good. */
  readonly messageId: string;
  readonly createdAt: Date;
  /** YYYY-MM-DD. */
  readonly executionDate: string;
  readonly debtor: DebtorAccount;
  /** At least one, all of one currency. */
  readonly transfers: readonly CreditTransfer[];
}

const NAMESPACE = 'urn:iso:std:iso:20022:tech:xsd:pain.001.001.09';
const MAX_NAME = 70;
const MAX_REMITTANCE = 140;

/** Whether a payment goes by the SEPA scheme: euros between its countries. */
function isSepa({ amount, iban }: CreditTransfer, debtor: DebtorAccount): boolean {
  return (
    amount.currency === 'EUR' && [iban, debtor.iban].every((account) => isSEPACountry(account.slice(0, 2)))
  );
}

/** Names the block of payments that a transfer stands in: those by the SEPA scheme have one of their own. */
export function paymentBlockOf(
  transfer: CreditTransfer,
  { messageId, debtor }: Pick<PaymentOrder, 'messageId' | 'debtor'>,
): string {
  return `${messageId}-${isSepa(transfer, debtor) ? 'SEPA' : 'INTL'}`;
}

/** The order as an ISO 20022 pain.001.001.09 file; the same order gives the same file. */
export function pain001(order: PaymentOrder): string {
  const { messageId, createdAt, debtor, transfers } = order;
  const blocks = Map.groupBy(transfers, (transfer) => paymentBlockOf(transfer, order));
  const document = {
    '?xml': { '@version': '1.0', '@encoding': 'UTF-8' },
    Document: {
      '@xmlns': NAMESPACE,
      CstmrCdtTrfInitn: {
        GrpHdr: {
          MsgId: messageId,
          CreDtTm: `${createdAt.toISOString().slice(0, 19)}Z`,
          ...totals(transfers),
          InitgPty: { Nm: sepaText(debtor.name, MAX_NAME) },
        },
        PmtInf: [...blocks].map(([id, members]) => paymentBlock(id, members, order)),
      },
    },
  };
  return `${XML.build(document).trimEnd()}\n`;
}

const XML = new XmlBuilder({
  ignoreAttributes: false,
  attributeNamePrefix: '@',
  format: true,
  indentBy: '  ',
});

function paymentBlock(id: string, transfers: readonly CreditTransfer[], order: PaymentOrder): object {
  const { debtor, executionDate } = order;
  const sepa = isSepa(transfers[0]!, debtor);
  // The order of the fields is the schema's.
  return {
    PmtInfId: id,
    PmtMtd: 'TRF',
    ...totals(transfers),
    ...(sepa && { PmtTpInf: { SvcLvl: { Cd: 'SEPA' } } }),
    ReqdExctnDt: { Dt: executionDate },
    Dbtr: { Nm: sepaText(debtor.name, MAX_NAME) },
    DbtrAcct: { Id: { IBAN: debtor.iban } },
    DbtrAgt: { FinInstnId: { BICFI: debtor.bic } },
    // SEPA payments know no other; outside, each side pays its own bank.
    ChrgBr: sepa ? 'SLEV' : 'SHAR',
    CdtTrfTxInf: transfers.map(transferOf),
  };
}

function transferOf({ reference, amount, holder, iban, bic }: CreditTransfer): object {
  return {
    PmtId: { EndToEndId: reference },
    Amt: { InstdAmt: { '@Ccy': amount.currency, '#text': amount.toString() } },
    CdtrAgt: { FinInstnId: { BICFI: bic } },
    Cdtr: { Nm: sepaText(holder, MAX_NAME) },
    CdtrAcct: { Id: { IBAN: iban } },
    RmtInf: { Ustrd: sepaText(`Payout ${reference}`, MAX_REMITTANCE) },
  };
}

function totals(transfers: readonly CreditTransfer[]): object {
  const sum = transfers.map(({ amount }) => amount).reduce((total, amount) => total.add(amount));
  return { NbOfTxs: String(transfers.length), CtrlSum: sum.toString() };
}
