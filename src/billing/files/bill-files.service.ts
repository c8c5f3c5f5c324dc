import { Injectable } from '@nestjs/common';
import type { Readable } from 'node:stream';
import type { EntityManager } from 'typeorm';
import { Campaigns, Promos } from '../../campaigns/index.js';
import { Partners } from '../../partner-management/index.js';
import { csvLine, Money } from '../../platform/index.js';
import { BillLine } from '../bill-line.entity.js';
import { Bills } from '../bills.service.js';
import { lineWords } from '../domain/line-words.js';
import { billPdf } from './bill-pdf.js';

const HEADER = [
  'Line',
  'Kind',
  'Description',
  'Period start',
  'Strategy',
  'Campaign id',
  'Campaign',
  'Promo id',
  'Promo code',
  'Quantity',
  'Base',
  'Rate',
  'Amount',
  'Currency',
];
const LINES_AT_ONCE = 1_000;

/** Bills to keep outside the program: on paper, and their lines for a spreadsheet (A13). */
@Injectable()
export class BillFiles {
  constructor(
    private readonly bills: Bills,
    private readonly partners: Partners,
    private readonly campaigns: Campaigns,
    private readonly promos: Promos,
  ) {}

  /**
   * The bill as a PDF, streamed.
   * @param partnerId whose bill it must be; another partner's bill does not exist
   * @throws DomainError NOT_FOUND
   */
  async pdf(db: EntityManager, id: string, partnerId?: string): Promise<Readable> {
    const bill = await this.bills.get(db, id, partnerId);
    const campaignIds = [...new Set(bill.lines.flatMap(({ campaignId }) => campaignId ?? []))];
    return billPdf({
      bill,
      payee: await this.partners.addressOf(db, bill.partner.id),
      campaigns: await this.campaigns.namesOf(db, campaignIds),
    });
  }

  /**
   * The bill's lines as CSV, read while they are written.
   * @param partnerId whose bill it must be; another partner's bill does not exist
   * @throws DomainError NOT_FOUND
   */
  async linesCsv(db: EntityManager, id: string, partnerId?: string): Promise<AsyncIterable<string>> {
    const currency = await this.bills.currencyOf(db, id, partnerId);
    return this.csvOf(db, id, currency);
  }

  private async *csvOf(db: EntityManager, billId: string, currency: string): AsyncGenerator<string> {
    yield csvLine(HEADER);
    for (let after = -1, more = true; more;) {
      const lines = await db
        .getRepository(BillLine)
        .createQueryBuilder('line')
        .where('line.billId = :billId AND line.position > :after', { billId, after })
        .orderBy('line.position')
        .limit(LINES_AT_ONCE)
        .getMany();
      const campaigns = await this.campaigns.namesOf(db, idsOf(lines, 'campaignId'));
      const codes = await this.promos.codesOf(db, idsOf(lines, 'promoId'));
      const amount = (minor: string): string => Money.of(BigInt(minor), currency).toString();
      yield lines
        .map((line) =>
          csvLine([
            String(line.position),
            line.kind,
            lineWords(line),
            line.periodStart.toISOString(),
            line.strategy,
            line.campaignId,
            campaigns.get(line.campaignId ?? '') ?? null,
            line.promoId,
            codes.get(line.promoId ?? '') ?? null,
            line.quantity,
            line.baseMinor === null ? null : amount(line.baseMinor),
            line.rate,
            amount(line.amountMinor),
            currency,
          ]),
        )
        .join('');
      more = lines.length === LINES_AT_ONCE;
      after = lines.at(-1)?.position ?? after;
    }
  }
}

function idsOf(lines: readonly BillLine[], key: 'campaignId' | 'promoId'): string[] {
  return [...new Set(lines.flatMap((line) => line[key] ?? []))];
}
