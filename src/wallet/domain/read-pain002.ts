import sax from 'sax';
import type { PayoutOutcome } from './payout-line-state.js';
import { type LineResult, NotResults, type ResultFile, shownReason } from './payout-results.js';

const NAMESPACE = 'urn:iso:std:iso:20022:tech:xsd:pain.002.001.10';
const ROOT = 'Document/CstmrPmtStsRpt';
const GROUP = `${ROOT}/OrgnlGrpInfAndSts`;
const BLOCK = `${ROOT}/OrgnlPmtInfAndSts`;
const TRANSACTION = `${BLOCK}/TxInfAndSts`;
/** Longest text of a field that is read; this bounds what a false file makes us keep. */
const MAX_TEXT = 2_048;

/** Codes of ExternalPaymentTransactionStatus1Code that end a payment; all others are on the way there. */
const OUTCOMES: Readonly<Record<string, PayoutOutcome>> = {
  ACCC: 'succeeded',
  ACSC: 'succeeded',
  RJCT: 'failed',
};

/** A status with its reasons, at one of the three levels. */
interface Status {
  id: string | null;
  code: string | null;
  reasons: string[];
}

/**
 * Reads an ISO 20022 status report, pain.002.001.10. What a payment is said to be itself goes before what its block
 * is said to be, and that before what the whole message is said to be. The parser is strict and has no entities but the
 * predefined ones: a document type, which could declare others, is refused.
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
  reader.transactions.forEach((status, index) => {
    const result = resultOf(status);
    const line = status.id ?? '';
    if (result === null) open.push(line);
    else results.push({ place: `transaction ${index + 1}`, line, ...result });
  });
  const others = [
    ...reader.blocks.map((status) => ({ block: status.id, result: resultOf(status) })),
    { block: null, result: resultOf(reader.group) },
  ].flatMap(({ block, result }) => (result ? [{ block, ...result }] : []));
  return { results, refused: [], others, open };
}

function resultOf({ code, reasons }: Status): { outcome: PayoutOutcome; reason: string | null } | null {
  const outcome = OUTCOMES[code ?? ''];
  if (!outcome) return null;
  const reason = shownReason(reasons.join(' '));
  return { outcome, reason: reason ?? (outcome === 'failed' ? 'Rejected by the bank' : null) };
}

class StatusReader {
  readonly group: Status = emptyStatus();
  readonly blocks: Status[] = [];
  readonly transactions: Status[] = [];
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
  }

  private open({ local, uri }: sax.QualifiedTag): void {
    if (uri !== NAMESPACE) refuse(`must be a status report in the namespace ${NAMESPACE}`);
    this.path.push(local);
    this.text = '';
    const path = this.path.join('/');
    if (path === BLOCK) this.blocks.push(emptyStatus());
    if (path === TRANSACTION) this.transactions.push(emptyStatus());
  }

  private add(piece: string): void {
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
