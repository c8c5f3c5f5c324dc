import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { Clock, Config, Money } from '../platform/index.js';

const LIMIT_CURRENCY = 'EUR';

/** How the limit is measured, for the API's pages. */
export const ABOVE_THE_LIMIT =
  'The limit is in euros, and measured by the exchange rate of the day or the last within seven days before it. A rate ' +
  'that you entered or imported does not count: the one that would be in force without it does. Where there is none, ' +
  'every amount is above the limit; so is a bill that is paid in a coin by a rate of yours.';

/** An amount in another currency at the rate of a UTC day that the user did not enter; null where none is near. */
export type Convert = (
  db: EntityManager,
  amount: Money,
  currency: string,
  rate: { day: string; notBy: string },
) => Promise<Money | null>;

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
   * The limit in a currency: what is above it takes two operators. Null when there is none. Where no exchange rate of
   * the last seven days is known it is zero: what cannot be measured is looked at twice.
   * @param operatorId who decides; rates that this operator entered do not count, or one alone could lift the limit
   */
  async in(db: EntityManager, currency: string, operatorId: string): Promise<Money | null> {
    if (this.config.approvalLimit === null) return null;
    const limit = Money.parse(this.config.approvalLimit, LIMIT_CURRENCY);
    if (currency === LIMIT_CURRENCY) return limit;
    const day = this.clock.now().toISOString().slice(0, 10);
    return (await this.convert?.(db, limit, currency, { day, notBy: operatorId })) ?? Money.zero(currency);
  }
}
