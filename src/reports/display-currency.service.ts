import { Injectable } from '@nestjs/common';
import type { DataSource, EntityManager } from 'typeorm';
import { convertMoney, ExchangeRates, type RateOn } from '../billing/index.js';
import { Clock, Decimal, currencyExponent, invalidField, isCurrency, Money } from '../platform/index.js';
import type { ConversionDto } from './display-currency.dto.js';
import { type ExactRates, exactRates } from './domain/conversion.js';

type Db = EntityManager | DataSource;

/** Who never chose a currency reads in this one. */
const DEFAULT_CURRENCY = 'EUR';

/** A day's rates into one currency. */
export class DisplayRates {
  constructor(
    readonly currency: string,
    private readonly rates: ReadonlyMap<string, RateOn | null>,
  ) {}

  /** The amount in the currency, rounded once, half to even; null where a rate is missing. */
  convert(money: Money): Money | null {
    const rate = this.rates.get(money.currency);
    if (!rate) return null;
    return convertMoney(money, { fromPerEuro: rate.from.perEuro, toPerEuro: rate.to.perEuro }, this.currency);
  }

  /** What the amounts are together in the currency, each rounded by itself; null where a rate is missing. */
  sum(amounts: readonly Money[]): Money | null {
    let sum = Money.zero(this.currency);
    for (const amount of amounts) {
      const converted = this.convert(amount);
      if (converted === null) return null;
      sum = sum.add(converted);
    }
    return sum;
  }

  /** Minor units of the currency for one of each other one, as decimal strings; to sort by, not to pay by. */
  factors(): { currency: string; factor: string }[] {
    return [...this.rates].flatMap(([currency, rate]) => {
      if (rate === null) return [];
      const units = new Decimal(10).pow(currencyExponent(this.currency) - currencyExponent(currency));
      return [{ currency, factor: new Decimal(rate.rate).times(units).toFixed() }];
    });
  }

  /** The rates that there are, exactly as they were told. */
  exact(): ExactRates {
    const known = [...this.rates].flatMap(([currency, rate]) =>
      rate ? [{ currency, fromPerEuro: rate.from.perEuro, toPerEuro: rate.to.perEuro }] : [],
    );
    return exactRates(known, this.currency);
  }

  /** Which rates were used, of which day, and which there are not. */
  note(): ConversionDto {
    const used = [...this.rates].filter(([currency]) => currency !== this.currency);
    return {
      currency: this.currency,
      rates: used.flatMap(([currency, rate]) =>
        rate ? [{ currency, rate: rate.rate, day: rate.rateDay }] : [],
      ),
      missing: used.flatMap(([currency, rate]) => (rate ? [] : [currency])),
    };
  }
}

/** In which currency somebody reads figures, and a day's rates into it (rule 11.4). */
@Injectable()
export class DisplayCurrency {
  constructor(
    private readonly exchangeRates: ExchangeRates,
    private readonly clock: Clock,
  ) {}

  /**
   * The currency asked for, else the one that the user chose for reports, else euros.
   * @throws DomainError INVALID_CURRENCY (422)
   */
  async of(db: Db, userId: string, wanted: string | undefined): Promise<string> {
    if (wanted !== undefined) {
      if (!isCurrency(wanted)) throw invalidField('currency', 'must be an ISO 4217 code such as EUR', 'INVALID_CURRENCY'); // prettier-ignore
      return wanted;
    }
    return (await this.chosenBy(db, userId)) ?? DEFAULT_CURRENCY;
  }

  /** The currency that the user chose for reports; null for none. */
  async chosenBy(db: Db, userId: string): Promise<string | null> {
    const [user] = await db.query<{ chosen: string | null }[]>(
      'SELECT report_currency AS chosen FROM users WHERE id = $1',
      [userId],
    );
    return user?.chosen ?? null;
  }

  /** Today's rates from the currencies into the one shown; a day without a rate takes the last one before it. */
  ratesTo(db: Db, shown: string, currencies: Iterable<string>): Promise<DisplayRates> {
    return this.ratesOn(db, this.clock.now().toISOString().slice(0, 10), shown, currencies);
  }

  /** The same of another UTC day, from every currency that the program's amounts may be in. */
  async programRatesOn(db: Db, day: string, shown: string): Promise<DisplayRates> {
    const used = await db.query<{ currency: string }[]>(
      'SELECT currency FROM brands UNION SELECT currency FROM commission_plans',
    );
    return this.ratesOn(db, day, shown, used.map(({ currency }) => currency)); // prettier-ignore
  }

  private async ratesOn(
    db: Db,
    day: string,
    shown: string,
    currencies: Iterable<string>,
  ): Promise<DisplayRates> {
    const rates = new Map<string, RateOn | null>();
    for (const currency of new Set([...currencies].sort())) {
      rates.set(currency, await this.exchangeRates.findRateOn(db, day, currency, shown));
    }
    return new DisplayRates(shown, rates);
  }
}
