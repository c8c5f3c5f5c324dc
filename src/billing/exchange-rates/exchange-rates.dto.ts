import { ApiProperty } from '@nestjs/swagger';
import { IsIn, IsString, Length, MaxLength } from 'class-validator';
import { IsDay, IsKnownCurrency, MayBeAbsent, MoneyDto, PageQuery } from '../../platform/index.js';
import { RATE_SOURCES } from './domain/rate-fields.js';
import type { RateSource } from './domain/rate-fields.js';
import type { Conversion, EuroRate } from './exchange-rates.service.js';

/** Filters of the list of exchange rates. */
export class ExchangeRatesQuery extends PageQuery {
  /**
   * Only rates of this UTC day or later.
   * @example "2026-10-01"
   */
  @MayBeAbsent()
  @IsDay()
  from?: string;

  /**
   * Only rates of this UTC day or earlier.
   * @example "2026-10-31"
   */
  @MayBeAbsent()
  @IsDay()
  to?: string;

  /** @example "USD" */
  @MayBeAbsent()
  @IsKnownCurrency()
  currency?: string;

  @ApiProperty({ enum: RATE_SOURCES, required: false })
  @MayBeAbsent()
  @IsIn(RATE_SOURCES)
  source?: RateSource;
}

/** A manual rate. */
export class EnterRateDto {
  /**
   * UTC day, not in the future.
   * @example "2026-10-30"
   */
  @IsString()
  @MaxLength(20)
  day: string;

  /**
   * ISO 4217 code or coin code, not EUR.
   * @example "USD"
   */
  @IsString()
  @MaxLength(20)
  currency: string;

  /**
   * Units of the currency for one euro, with at most 18 decimals.
   * @example "1.0812"
   */
  @IsString()
  @MaxLength(40)
  rate: string;
}

/** A rate of one day and source. */
export class ExchangeRateResponse {
  id: string;
  /** @example "2026-10-30" */
  day: string;
  /** @example "USD" */
  currency: string;
  /**
   * Units of the currency for one euro.
   * @example "1.0812"
   */
  rate: string;
  /** A manual rate goes before one of a CSV file, and that before the ECB's reference rate. */
  @ApiProperty({ enum: RATE_SOURCES })
  source: RateSource;
  /** Whether conversions take it: no source that goes before has a rate of that day. */
  inForce: boolean;
  /** Who entered or imported it; null for the ECB's. */
  @ApiProperty({ type: String, nullable: true })
  enteredBy: string | null;
  enteredAt: Date;
}

/** A page of rates, the latest day first. */
export class ExchangeRatePage {
  items: ExchangeRateResponse[];
  /** Give it as `cursor` for the next page; null on the last one. */
  @ApiProperty({ type: String, nullable: true })
  nextCursor: string | null;
}

/** A file of rates. */
export class ImportRatesDto {
  /** CSV with the header `date,currency,rate`; rates are units of the currency for one euro. */
  @ApiProperty({ type: 'string', format: 'binary' })
  file: unknown;
}

/** What became of the rates of a file. */
export class ImportedRatesResponse {
  /** @example 3 */
  added: number;
  /**
   * Rates that corrected those of an earlier file.
   * @example 1
   */
  changed: number;
  /** @example 0 */
  unchanged: number;
}

/** What to convert. */
export class ConversionQuery {
  /** @example "100.00" */
  @IsString()
  @MaxLength(40)
  amount: string;

  /** @example "USD" */
  @IsString()
  @Length(3, 5)
  currency: string;

  /** @example "BTC" */
  @IsString()
  @Length(3, 5)
  to: string;

  /**
   * UTC day; today when absent.
   * @example "2026-10-31"
   */
  @MayBeAbsent()
  @IsString()
  @MaxLength(20)
  day?: string;
}

/** A rate against the euro that a conversion used. */
export class UsedRateResponse {
  /** @example "USD" */
  currency: string;
  /**
   * Units of the currency for one euro.
   * @example "1.0812"
   */
  rate: string;
  /**
   * The day asked for, or the last one before it that has a rate.
   * @example "2026-10-30"
   */
  day: string;
  @ApiProperty({ enum: RATE_SOURCES })
  source: RateSource;
}

/** A converted amount. */
export class ConversionResponse {
  /** Rounded once, half to even. */
  converted: MoneyDto;
  /**
   * Units of the currency asked for, for one of the given; of 18 digits.
   * @example "1.0812"
   */
  rate: string;
  /**
   * The day asked for.
   * @example "2026-10-31"
   */
  day: string;
  /**
   * The oldest of the used rates' days: earlier than `day` where that has no rate.
   * @example "2026-10-30"
   */
  rateDay: string;
  /** The rates against the euro behind it; none for the euro itself. */
  rates: UsedRateResponse[];
}

/** The conversion as the API shows it. */
export function toConversionResponse({ money, rate }: Conversion): ConversionResponse {
  const isUsed = (leg: EuroRate): leg is EuroRate & { source: RateSource } => leg.source !== null;
  return {
    converted: money.toJSON(),
    rate: rate.rate,
    day: rate.day,
    rateDay: rate.rateDay,
    rates: [rate.from, rate.to].filter(isUsed).map((leg) => ({
      currency: leg.currency,
      rate: leg.perEuro,
      day: leg.day,
      source: leg.source,
    })),
  };
}
