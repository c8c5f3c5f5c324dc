import { Injectable } from '@nestjs/common';
import type { DataSource, EntityManager } from 'typeorm';
import { Clock, invalidField, isCurrency, Money } from '../../platform/index.js';
import { convertMoney, type RatePair, shownRate } from './domain/convert.js';
import { dayFault, RATE_SOURCES, type RateSource } from './domain/rate-fields.js';
import { noExchangeRate } from './exchange-rates.errors.js';

type Db = EntityManager | DataSource;

/** A rate that is this many days older than the day asked for still says something of it: weekends and holidays. */
const NEAR_DAYS = 7;
const DAY_MS = 86_400_000;

/** What one euro was worth in a currency, and since when that is known. */
export interface EuroRate {
  readonly currency: string;
  /** Units of the currency for one euro: an exact decimal string. */
  readonly perEuro: string;
  /** The day of the rate: the day asked for, or the last one before it that has a rate. */
  readonly day: string;
  /** Null where no rate is needed: for the euro, and between the same currencies. */
  readonly source: RateSource | null;
  /** Id of the user who entered or imported it; null where nobody did. */
  readonly enteredBy: string | null;
}

/** The rate between two currencies on a day. */
export interface RateOn {
  readonly from: EuroRate;
  readonly to: EuroRate;
  /** The day asked for. */
  readonly day: string;
  /** The day of the rate that was used: the older one of the two. */
  readonly rateDay: string;
  /** Units of `to` for one of `from`, of 18 digits; amounts are converted by the exact rates. */
  readonly rate: string;
}

/** An amount in another currency, and how it came about. */
export interface Conversion {
  readonly money: Money;
  readonly rate: RateOn;
}

/** A conversion as people ask for it. */
export interface AskedConversion {
  /** Decimal string in major units. */
  readonly amount: string;
  readonly currency: string;
  readonly to: string;
  /** UTC day; today when absent. */
  readonly day?: string;
}

/** Exchange rates by day (A11, rule 3.7). */
@Injectable()
export class ExchangeRates {
  constructor(private readonly clock: Clock) {}

  /**
   * Answers what somebody asks for.
   * @throws DomainError INVALID_AMOUNT, INVALID_CURRENCY, VALIDATION_FAILED, NO_EXCHANGE_RATE (422)
   */
  async quote(db: Db, { amount, currency, to, day }: AskedConversion): Promise<Conversion> {
    const today = this.clock.now().toISOString().slice(0, 10);
    const money = Money.parseNonNegative(amount, currency);
    if (!isCurrency(to)) throw invalidField('to', 'must be an ISO 4217 code or the code of a coin');
    const fault = day === undefined ? null : dayFault(day, today);
    if (fault !== null) throw invalidField('day', fault);
    return this.convert(db, money, to, day ?? today);
  }

  /**
   * The amount in another currency at the rate of a day: exact through the euro, rounded once, half to even.
   * @param day UTC day; the last one before it that has a rate stands in, and the answer says so
   * @throws DomainError NO_EXCHANGE_RATE (422) that names currency and day
   */
  async convert(db: Db, money: Money, currency: string, day: string): Promise<Conversion> {
    const rate = await this.rateOn(db, day, money.currency, currency);
    return { money: convertMoney(money, pairOf(rate), currency), rate };
  }

  /**
   * The rate between two currencies.
   * @param day UTC day; the last one before it that has a rate stands in, and the answer says so
   * @throws DomainError NO_EXCHANGE_RATE (422) that names currency and day
   */
  async rateOn(db: Db, day: string, from: string, to: string): Promise<RateOn> {
    const { given, wanted } = await this.both(db, day, from, to);
    if (!given) throw noExchangeRate(from, day);
    if (!wanted) throw noExchangeRate(to, day);
    return between(day, given, wanted);
  }

  /**
   * Like {@link rateOn}; null where one of the currencies has no rate until then.
   * @param notBy a user whose rates do not count, neither entered nor imported ones
   */
  async findRateOn(
    db: Db,
    day: string,
    from: string,
    to: string,
    notBy: string | null = null,
  ): Promise<RateOn | null> {
    const { given, wanted } = await this.both(db, day, from, to, notBy);
    return given && wanted ? between(day, given, wanted) : null;
  }

  /** Like {@link findRateOn}, but null also where the last rate is more than seven days older than the day. */
  async findNearRateOn(
    db: Db,
    day: string,
    from: string,
    to: string,
    notBy: string | null = null,
  ): Promise<RateOn | null> {
    const rate = await this.findRateOn(db, day, from, to, notBy);
    return rate && Date.parse(day) - Date.parse(rate.rateDay) <= NEAR_DAYS * DAY_MS ? rate : null;
  }

  /** What one euro was worth in the two currencies on the day or last before it. */
  private async both(
    db: Db,
    day: string,
    from: string,
    to: string,
    notBy: string | null = null,
  ): Promise<{ given?: EuroRate; wanted?: EuroRate }> {
    if (from === to) return { given: needless(from, day), wanted: needless(to, day) };
    const rows = await db.query<EuroRate[]>(
      `SELECT rate.currency, rate.day::text AS day, rate.source, trim_scale(rate.per_euro)::text AS "perEuro",
              rate.entered_by AS "enteredBy"
         FROM unnest($1::text[]) AS wanted (currency)
        CROSS JOIN LATERAL (
              SELECT * FROM exchange_rates
               WHERE currency = wanted.currency AND day <= $2 AND ($4::uuid IS NULL OR entered_by IS DISTINCT FROM $4)
               ORDER BY day DESC, array_position($3::text[], source)
               LIMIT 1) AS rate`,
      [[from, to], day, RATE_SOURCES, notBy],
    );
    const find = (currency: string): EuroRate | undefined =>
      currency === 'EUR' ? needless(currency, day) : rows.find((row) => row.currency === currency);
    return { given: find(from), wanted: find(to) };
  }
}

/** The rate as {@link convertMoney} takes it. */
export function pairOf({ from, to }: Pick<RateOn, 'from' | 'to'>): RatePair {
  return { fromPerEuro: from.perEuro, toPerEuro: to.perEuro };
}

function between(day: string, from: EuroRate, to: EuroRate): RateOn {
  const rateDay = from.day < to.day ? from.day : to.day;
  return { from, to, day, rateDay, rate: shownRate(pairOf({ from, to })) };
}

/** Stands for a currency that needs no rate: the euro, and both sides where they are the same. */
function needless(currency: string, day: string): EuroRate {
  return { currency, perEuro: '1', day, source: null, enteredBy: null };
}
