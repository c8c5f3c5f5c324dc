import sax from 'sax';
import type { PayoutOutcome } from './payout-line-state.js';
import { type LineResult, NotResults, type ResultFile, shownReason } from './payout-results.js';

const NAMESPACE = 'urn:iso:std:iso:20022:tech:xsd:pain.002.001.10';
const ROOT = 'Document/CstmrPmtStsRpt';
const GROUP = `${ROOT}/OrgnlGrpInfAndSts`;
const BLOCK = `${ROOT}/OrgnlPmtInfAndSts`;
const TRANSACTION = `${BLOCK}/TxInfAndSts`;
/** What is below it has no meaning here: any data of the bank, in namespaces of its own. */
const SUPPLEMENT = 'SplmtryData';
/** Longest text of a field that is read; this bounds what a false file makes us keep. */
const MAX_TEXT = 2_048;

/** Codes of ExternalPaymentTransactionStatus1Code that end a payment; all others are on the way there. */
const OUTCOMES: ReadonlyMap<string, PayoutOutcome> = new Map([
  ['ACCC', 'succeeded'],
  ['ACSC', 'succeeded'],
  ['RJCT', 'failed'],
]);

/** A status with its reasons, at one of the three levels. */
interface Status {
  id: string | null;
  code: string | null;
  reasons: string[];
}

interface Transaction extends Status {
  readonly block: Status;
}

/**
 * Reads an ISO 20022 status report, pain.002.001.10. What a payment is said to be itself goes before what its block
 * is said to be, and that before what the whole message is said to be, also when it is that there is no result yet. The
 * parser is strict and has no entities but the predefined ones: a document type, which could declare others, is refused.
 * @param messageId of the order that it must be about
 * @throws NotResults when it is no such report
 */
export function readPain002(text: string, messageId: string): ResultFile {
  const reader = new StatusReader();
  reader.read(text);
  if (reader.group.id !== messageId) {
    throw new NotResults(
      `must be about the message ${messageId} (OrgnlMsgId); it is about ${reader.group.id}`,
    );
  }
  const results: LineResult[] = [];
  const open: string[] = [];
  reader.transactions.forEach((transaction, index) => {
    const { outcome, reason } = resultOf(transaction, transaction.block, reader.group);
    const line = transaction.id!;
    if (outcome === null) open.push(line);
    else results.push({ place: `transaction ${index + 1}`, line, outcome, reason });
  });
  const others = [...reader.blocks, { ...reader.group, id: null }]
    .filter(({ code }) => code !== null)
    .map((status) => ({ block: status.id, ...resultOf(status) }));
  return { results, refused: [], others, open };
}

/** By the first of the levels, innermost first, that has a status; with its reasons and those further in. */
function resultOf(...levels: Status[]): { outcome: PayoutOutcome | null; reason: string | null } {
  const decisive = levels.findIndex(({ code }) => code !== null);
  const outcome = OUTCOMES.get(levels[decisive]?.code ?? '') ?? null;
  if (outcome === null) return { outcome, reason: null };
  const reasons = levels.slice(0, decisive + 1).flatMap((level) => level.reasons);
  const reason = shownReason(reasons.join(' '));
  return { outcome, reason: reason ?? (outcome === 'failed' ? 'Rejected by the bank' : null) };
}

class StatusReader {
  readonly group: Status = emptyStatus();
  readonly blocks: Status[] = [];
  readonly transactions: Transaction[] = [];
  private readonly parser = sax.parser(true, { xmlns: true, trim: true });
  private readonly path: string[] = [];
  private text = '';

  constructor() {
    this.parser.ondoctype = () => refuse('must not have a document type');
    this.parser.onerror = (error) => refuse(`must be well-formed XML: ${error.message.split('\n')[0]}`);
    this.parser.onopentag = (tag) => this.open(tag as sax.QualifiedTag);
    this.parser.ontext = (piece) => this.add(piece);
    this.parser.oncdata = (piece) => this.add(piece);
    this.parser.onclosetag = () => this.close();
  }

  read(text: string): void {
    this.parser.write(text).close();
    if (this.group.id === null) refuse('must be a status report with an OrgnlMsgId');
    if (this.transactions.some(({ id }) => !id)) {
      refuse('must have an OrgnlEndToEndId (an EndToEndId of the order) in each TxInfAndSts');
    }
    if (this.blocks.some(({ id, code }) => !id && code !== null)) {
      refuse(
        'must have an OrgnlPmtInfId (a PmtInfId of the order) in each OrgnlPmtInfAndSts with a PmtInfSts',
      );
    }
  }

  private open({ local, uri }: sax.QualifiedTag): void {
    if (uri !== NAMESPACE && !this.isInSupplement())
      refuse(`must be a status report in the namespace ${NAMESPACE}`);
    this.path.push(local);
    this.text = '';
    const path = this.path.join('/');
    if (path === BLOCK) this.blocks.push(emptyStatus());
    if (path === TRANSACTION) this.transactions.push({ ...emptyStatus(), block: this.blocks.at(-1)! });
  }

  private add(piece: string): void {
    if (this.isInSupplement()) return;
    if (this.text.length + piece.length > MAX_TEXT)
      refuse(`must not have fields of more than ${MAX_TEXT} characters`);
    this.text += piece;
  }

  private close(): void {
    const path = this.path.join('/');
    this.take(GROUP, path, this.group, { id: 'OrgnlMsgId', code: 'GrpSts' });
    this.take(BLOCK, path, this.blocks.at(-1), { id: 'OrgnlPmtInfId', code: 'PmtInfSts' });
    this.take(TRANSACTION, path, this.transactions.at(-1), { id: 'OrgnlEndToEndId', code: 'TxSts' });
    this.path.pop();
    this.text = '';
  }

  private isInSupplement(): boolean {
    return this.path.includes(SUPPLEMENT);
  }

  /** Keeps the text of the element that ends, if it is a field of that level. */
  private take(
    level: string,
    path: string,
    status: Status | undefined,
    fields: { id: string; code: string },
  ): void {
    if (!status || !path.startsWith(`${level}/`)) return;
    switch (path.slice(level.length + 1)) {
      case fields.id:
        status.id = this.text;
        break;
      case fields.code:
        status.code = this.text;
        break;
      case 'StsRsnInf/Rsn/Cd':
      case 'StsRsnInf/Rsn/Prtry':
      case 'StsRsnInf/AddtlInf':
        status.reasons.push(this.text);
    }
  }
}

function emptyStatus(): Status {
  return { id: null, code: null, reasons: [] };
}

function refuse(fault: string): never {
  throw new NotResults(fault);
}
