import { Injectable } from '@nestjs/common';
import { type Actor, AuditLog } from '../../identity/index.js';
import { Clock, type FieldError, notFound, type Tx } from '../../platform/index.js';
import {
  dayFault,
  type DayRate,
  rateCurrencyFault,
  rateFault,
  type RateSource,
} from './domain/rate-fields.js';
import { readRatesCsv } from './domain/read-rates-csv.js';
import { notRates, onlyManualRates } from './exchange-rates.errors.js';
import { RateBook } from './rate-book.js';

/** What became of the rates of a file. */
export interface ImportedRates {
  readonly added: number;
  readonly changed: number;
  readonly unchanged: number;
}

/** What operators enter, import and delete; the audit log keeps what a rate was before (rule 3.7). */
@Injectable()
export class RateEntries {
  constructor(
    private readonly book: RateBook,
    private readonly auditLog: AuditLog,
    private readonly clock: Clock,
  ) {}

  /**
   * Keeps a manual rate, in the place of an earlier one of the same day and currency; gives its id.
   * @throws DomainError INVALID_EXCHANGE_RATES (422)
   */
  async enter(tx: Tx, actor: Actor, entered: DayRate): Promise<string> {
    const faults = this.faultsOf(entered);
    if (faults.length > 0) throw notRates(faults);
    const kept = { source: 'manual', enteredBy: actor.userId, rates: [entered] } as const;
    const added = await this.book.add(tx, kept);
    const [former] = await this.book.differing(tx, kept);
    if (former) await this.book.replace(tx, kept);
    const id = await this.idOf(tx, entered);
    if (added === 0 && !former) return id;
    await this.auditLog.record(tx, actor, {
      action: former ? 'exchange_rate.change' : 'exchange_rate.enter',
      subject: { type: 'exchange_rate', id },
      before: former ? plain(former) : null,
      after: plain(entered),
    });
    return id;
  }

  /**
   * Takes a CSV file in, all of it or nothing: rates of days that an earlier file gave are corrected.
   * @throws DomainError INVALID_EXCHANGE_RATES (422) that names the lines
   */
  async import(tx: Tx, actor: Actor, text: string): Promise<ImportedRates> {
    const { rates, faults } = readRatesCsv(text, this.today());
    if (faults.length > 0) throw notRates(faults);
    const kept = { source: 'csv', enteredBy: actor.userId, rates } as const;
    const added = await this.book.add(tx, kept);
    const former = await this.book.differing(tx, kept);
    const changedKeys = new Set(former.map(keyOf));
    const changed = rates.filter((rate) => changedKeys.has(keyOf(rate)));
    await this.book.replace(tx, { ...kept, rates: changed });
    const imported = { added, changed: changed.length, unchanged: rates.length - added - changed.length };
    await this.auditLog.record(tx, actor, {
      action: 'exchange_rate.import',
      subject: { type: 'exchange_rate', id: null },
      before: { changed: former.map(plain) },
      after: { ...imported, changed: changed.map(plain) },
    });
    return imported;
  }

  /**
   * Deletes a manual rate: the one of another source counts again.
   * @throws DomainError NOT_FOUND, RATE_NOT_MANUAL (409)
   */
  async delete(tx: Tx, actor: Actor, id: string): Promise<void> {
    const [found] = await tx.query<(DayRate & { source: RateSource })[]>(
      `SELECT day::text AS day, currency, trim_scale(per_euro)::text AS rate, source
         FROM exchange_rates WHERE id = $1 FOR UPDATE`,
      [id],
    );
    if (!found) throw notFound('exchange rate');
    if (found.source !== 'manual') throw onlyManualRates(found.source);
    await tx.query('DELETE FROM exchange_rates WHERE id = $1', [id]);
    await this.auditLog.record(tx, actor, {
      action: 'exchange_rate.delete',
      subject: { type: 'exchange_rate', id },
      before: plain(found),
      after: null,
    });
  }

  private faultsOf({ day, currency, rate }: DayRate): FieldError[] {
    const faults = [
      { path: 'day', message: dayFault(day, this.today()) },
      { path: 'currency', message: rateCurrencyFault(currency) },
      { path: 'rate', message: rateFault(rate) },
    ];
    return faults.filter((fault): fault is FieldError => fault.message !== null);
  }

  private async idOf(tx: Tx, { day, currency }: DayRate): Promise<string> {
    const [row] = await tx.query<[{ id: string }]>(
      `SELECT id FROM exchange_rates WHERE currency = $1 AND day = $2 AND source = 'manual'`,
      [currency, day],
    );
    return row.id;
  }

  /** The UTC day. */
  private today(): string {
    return this.clock.now().toISOString().slice(0, 10);
  }
}

function keyOf({ day, currency }: DayRate): string {
  return `${day} ${currency}`;
}

function plain({ day, currency, rate }: DayRate): DayRate {
  return { day, currency, rate };
}
