import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { Clock, Config, DomainError, Money } from '../../platform/index.js';
import { ExchangeRates } from '../exchange-rates/exchange-rates.service.js';

const LIMIT_CURRENCY = 'EUR';

/** Above which amount a bill needs two operators: `BILL_APPROVAL_LIMIT`, euros at the day's exchange rate. */
@Injectable()
export class ApprovalLimit {
  constructor(
    private readonly config: Config,
    private readonly rates: ExchangeRates,
    private readonly clock: Clock,
  ) {}

  /**
   * The limit in a currency: bills that pay more need two operators. Null when there is none. Where no exchange rate
   * is known it is zero: what cannot be measured is looked at twice.
   */
  async in(db: EntityManager, currency: string): Promise<Money | null> {
    if (this.config.billApprovalLimit === null) return null;
    const limit = Money.parse(this.config.billApprovalLimit, LIMIT_CURRENCY);
    const today = this.clock.now().toISOString().slice(0, 10);
    try {
      return (await this.rates.convert(db, limit, currency, today)).money;
    } catch (error) {
      if (error instanceof DomainError && error.code === 'NO_EXCHANGE_RATE') return Money.of(0n, currency);
      throw error;
    }
  }
}
