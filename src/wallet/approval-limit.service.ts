import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { Clock, Config, DomainError, Money } from '../platform/index.js';

const LIMIT_CURRENCY = 'EUR';

/**
 * An amount in another currency at the rate of a UTC day.
 * @throws DomainError NO_EXCHANGE_RATE
 */
export type Convert = (db: EntityManager, amount: Money, currency: string, day: string) => Promise<Money>;

/**
 * Above which amount money takes two operators: `APPROVAL_LIMIT`, euros at the day's exchange rate. Bills and
 * corrections of balances ask here.
 */
@Injectable()
export class ApprovalLimit {
  private convert: Convert | null = null;

  constructor(
    private readonly config: Config,
    private readonly clock: Clock,
  ) {}

  /** Has the room that knows exchange rates convert the limit. */
  convertBy(convert: Convert): void {
    this.convert = convert;
  }

  /**
   * The limit in a currency: what is above it takes two operators. Null when there is none. Where no exchange rate is
   * known it is zero: what cannot be measured is looked at twice.
   */
  async in(db: EntityManager, currency: string): Promise<Money | null> {
    if (this.config.approvalLimit === null) return null;
    const limit = Money.parse(this.config.approvalLimit, LIMIT_CURRENCY);
    if (currency === LIMIT_CURRENCY) return limit;
    const today = this.clock.now().toISOString().slice(0, 10);
    try {
      return this.convert ? await this.convert(db, limit, currency, today) : Money.zero(currency);
    } catch (error) {
      if (error instanceof DomainError && error.code === 'NO_EXCHANGE_RATE') return Money.zero(currency);
      throw error;
    }
  }
}
