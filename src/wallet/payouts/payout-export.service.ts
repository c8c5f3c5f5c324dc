import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { type Actor, AuditLog } from '../../identity/index.js';
import { Clock, Config, Money, notFound, SecretBox, sha256Hex, type Tx } from '../../platform/index.js';
import { type CreditTransfer, pain001, paymentBlockOf, type PaymentOrder } from '../domain/pain001.js';
import type { MethodFields, PaymentMethodTypeCode } from '../domain/payment-method-types.js';
import { lineStatesAllowing } from '../domain/payout-line-state.js';
import { payoutReference } from '../domain/payout-reference.js';
import { PaymentMethods } from '../payment-methods.service.js';
import { fitsPaypalCsv, paypalCsv } from './paypal-csv.js';
import {
  linesToPay,
  lockBatch,
  nextBatchState,
  type PayoutBatch,
  type PayoutFileFormat,
  type PayoutLineToPay,
  refuseUnpayable,
} from './payout-batch.js';
import {
  linesNotWritable,
  payoutFileGone,
  payoutsNotConfigured,
  payoutWayUnknown,
} from './payouts.errors.js';

/** A batch's file. */
export interface PayoutFile {
  readonly name: string;
  readonly mediaType: string;
  readonly content: string;
}

interface Written {
  readonly content: string;
  /** The block of each line, in the order of the lines; null where the file has none. */
  readonly blocks: readonly (string | null)[];
}

const FORMATS: Partial<Record<PaymentMethodTypeCode, PayoutFileFormat>> = {
  bank_transfer: 'pain.001',
  paypal: 'paypal_csv',
};
const KINDS: Record<PayoutFileFormat, { mediaType: string; ending: string }> = {
  'pain.001': { mediaType: 'application/xml', ending: 'xml' },
  paypal_csv: { mediaType: 'text/csv; charset=utf-8', ending: 'csv' },
};

/** Batches as files for banks and PayPal (B09). A file is written once and kept sealed: again, it is the same one. */
@Injectable()
export class PayoutExport {
  constructor(
    private readonly methods: PaymentMethods,
    private readonly auditLog: AuditLog,
    private readonly secretBox: SecretBox,
    private readonly config: Config,
    private readonly clock: Clock,
  ) {}

  /**
   * Writes the batch's file, the first time; its lines count as sent from then on. Every export is in the audit log.
   * @throws DomainError NOT_FOUND, PAYOUT_BATCH_STATE_CONFLICT, PAYOUT_FILE_GONE, WALLET_FROZEN (409), PAYOUT_WAY_UNKNOWN,
   *   PAYOUTS_NOT_CONFIGURED, PAYOUT_LINES_NOT_WRITABLE (422)
   */
  async export(tx: Tx, actor: Actor, id: string): Promise<void> {
    const batch = await lockBatch(tx, id);
    const next = nextBatchState(batch, 'export');
    const sha256 = batch.state === 'approved' ? await this.write(tx, actor, batch) : batch.fileSha256;
    if (sha256 === null) throw payoutFileGone();
    await this.auditLog.record(tx, actor, {
      action: 'payout_batch.export',
      subject: { type: 'payout_batch', id },
      before: { state: batch.state, fileSha256: batch.fileSha256 },
      after: { state: next, fileSha256: sha256, exportedAt: this.clock.now() },
    });
  }

  /** The file as it was written. @throws DomainError NOT_FOUND, PAYOUT_FILE_GONE (409) */
  async open(db: EntityManager, id: string): Promise<PayoutFile> {
    const [row] = await db.query<{ format: PayoutFileFormat | null; sealed: string | null }[]>(
      'SELECT file_format AS format, sealed_file AS sealed FROM payout_batches WHERE id = $1',
      [id],
    );
    if (!row) throw notFound('payout batch');
    if (row.format === null || row.sealed === null) throw payoutFileGone();
    const { mediaType, ending } = KINDS[row.format];
    const content = this.secretBox.open(row.sealed, contextOf(id));
    return { name: `payout-${payoutReference(id)}.${ending}`, mediaType, content };
  }

  private async write(tx: Tx, actor: Actor, batch: PayoutBatch): Promise<string> {
    const format = FORMATS[batch.typeCode];
    if (!format) throw payoutWayUnknown('file', batch.typeCode);
    await refuseUnpayable(tx, batch.id);
    const now = this.clock.now();
    const today = now.toISOString().slice(0, 10);
    const executionDate = batch.executionDate < today ? today : batch.executionDate;
    const lines = await linesToPay(tx, batch.id, lineStatesAllowing('send'));
    const written =
      format === 'pain.001'
        ? this.writePain001({ ...batch, executionDate }, lines, now)
        : this.writePaypalCsv(batch, lines);
    const sha256 = sha256Hex(written.content);
    const sealed = this.secretBox.seal(written.content, contextOf(batch.id));
    await tx.query(
      `UPDATE payout_batches
          SET state = 'sent', sent_by = $2, sent_at = $3, execution_date = $4, file_format = $5, file_sha256 = $6,
              sealed_file = $7, problem = NULL
        WHERE id = $1`,
      [batch.id, actor.userId, now, executionDate, format, sha256, sealed],
    );
    await tx.query(
      `UPDATE payout_lines AS l SET state = 'sent', block = written.block, changed_at = $3
         FROM unnest($1::uuid[], $2::text[]) AS written (id, block) WHERE l.id = written.id`,
      [lines.map(({ id }) => id), written.blocks, now],
    );
    return sha256;
  }

  private writePain001(batch: PayoutBatch, lines: readonly PayoutLineToPay[], createdAt: Date): Written {
    const debtor = this.config.payoutDebtor;
    if (!debtor) throw payoutsNotConfigured('PAYOUT_DEBTOR_NAME, PAYOUT_DEBTOR_IBAN and PAYOUT_DEBTOR_BIC');
    const transfers = lines.map((line): CreditTransfer => {
      const { holder = '', iban = '', bic = '' } = this.fieldsOf(batch, line);
      return { reference: payoutReference(line.id), amount: amountOf(batch, line), holder, iban, bic };
    });
    const { executionDate } = batch;
    const order: PaymentOrder = {
      messageId: payoutReference(batch.id),
      createdAt,
      executionDate,
      debtor,
      transfers,
    };
    return { content: pain001(order), blocks: transfers.map((transfer) => paymentBlockOf(transfer, order)) };
  }

  private writePaypalCsv(batch: PayoutBatch, lines: readonly PayoutLineToPay[]): Written {
    const payments = lines.map((line) => {
      const { email = '' } = this.fieldsOf(batch, line);
      return { id: line.id, reference: payoutReference(line.id), email, amount: amountOf(batch, line) };
    });
    const others = payments.filter(({ email }) => !fitsPaypalCsv(email));
    if (others.length > 0) {
      throw linesNotWritable(
        others.map(({ id }) => id),
        'spreadsheets take their addresses for formulas. Pay them by the API.',
      );
    }
    return { content: paypalCsv(payments), blocks: payments.map(() => null) };
  }

  private fieldsOf({ typeCode }: PayoutBatch, { methodId, sealedFields }: PayoutLineToPay): MethodFields {
    return this.methods.open({ id: methodId, typeCode, sealedFields });
  }
}

function amountOf({ currency }: PayoutBatch, { amountMinor }: PayoutLineToPay): Money {
  return Money.of(BigInt(amountMinor), currency);
}

function contextOf(id: string): string {
  return `payout_batches.sealed_file:${id}`;
}
