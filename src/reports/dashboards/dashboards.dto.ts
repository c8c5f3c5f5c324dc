import { ApiProperty } from '@nestjs/swagger';
import { IsIn, IsString, Length } from 'class-validator';
import { DealSizeDto } from '../../brands/index.js';
import { NewsHeadlineDto } from '../../content/index.js';
import { IsDay, IsTimeZone, MayBeAbsent, MoneyDto } from '../../platform/index.js';
import { ConversionDto } from '../display-currency.dto.js';
import { CHART_UNITS, type ChartUnit } from './domain/dashboard-period.js';

/** What a dashboard shows, and in which zone and currency. */
export class DashboardQuery {
  /**
   * IANA zone of the days; the program's by default.
   * @example "Europe/Berlin"
   */
  @MayBeAbsent()
  @IsTimeZone()
  timeZone?: string;

  /**
   * Currency of all amounts; the one chosen for reports by default, else euros.
   * @example "EUR"
   */
  @MayBeAbsent()
  @IsString()
  @Length(3, 5)
  currency?: string;

  /**
   * First day; by default the 30 days up to today, or up to `to`.
   * @example "2026-10-01"
   */
  @MayBeAbsent()
  @IsDay()
  from?: string;

  /**
   * Last day, which is included; today by default.
   * @example "2026-10-31"
   */
  @MayBeAbsent()
  @IsDay()
  to?: string;

  /** What a point of the charts stands for; by default what gives a readable number of points. */
  @ApiProperty({ enum: CHART_UNITS, required: false })
  @MayBeAbsent()
  @IsIn(CHART_UNITS)
  unit?: ChartUnit;
}

export class DashboardDaysDto {
  /** @example "2026-10-01" */
  from: string;
  /**
   * Included.
   * @example "2026-10-31"
   */
  to: string;
}

export class DashboardPeriodDto extends DashboardDaysDto {
  /** @example "Europe/Berlin" */
  timeZone: string;
  @ApiProperty({ enum: CHART_UNITS })
  unit: ChartUnit;
  /** What is compared with: the same number of whole months right before, else of days. */
  before: DashboardDaysDto;
}

/** A figure of the period beside that of the one before. Figures are those of the performance report. */
export class DashboardFigureDto {
  /**
   * The report's column.
   * @example "registrations_count"
   */
  name: string;
  /** @example "Registrations" */
  title: string;
  /** @example "integer" */
  type: 'integer' | 'money';
  /**
   * A whole number, or a decimal number in the dashboard's currency; null where a rate is missing.
   * @example "42"
   */
  value: string | null;
  /** @example "40" */
  before: string | null;
  /**
   * Growth in per cent, with one decimal; null where there is nothing to compare with.
   * @example "5.0"
   */
  changePercent: string | null;
}

export class DashboardPointDto {
  /**
   * First day of the point's unit.
   * @example "2026-10-01"
   */
  date: string;
  /** @example "3" */
  value: string | null;
  /**
   * The same stretch of the period before: in whole months a month faces the one at its place, any other point the days
   * as far from the first one. The last of them goes on to the period's end, so that together they are all of it; null
   * behind it.
   */
  before: string | null;
}

export class DashboardSeriesDto {
  /** @example "registrations_count" */
  name: string;
  /** One of each unit, those without facts too. */
  points: DashboardPointDto[];
}

/** Quick figures and charts. */
export class DashboardFiguresDto {
  period: DashboardPeriodDto;
  stats: DashboardFigureDto[];
  series: DashboardSeriesDto[];
  conversion: ConversionDto;
}

export class DashboardBalanceDto {
  /** @example "EUR" */
  currency: string;
  available: MoneyDto;
  processing: MoneyDto;
  paid: MoneyDto;
  pending: MoneyDto;
  onHold: MoneyDto;
}

/** This calendar month so far. */
export class PartnerMonthDto {
  /** @example "2026-10-01" */
  from: string;
  /** Orders placed, those declined left out. */
  ordersCount: number;
  /**
   * What the bills made this month come to, cancelled ones left out, and what was credited for publications and posts.
   */
  earnings: MoneyDto[];
  /** The same in the dashboard's currency; null where a rate is missing. */
  earningsConverted: MoneyDto | null;
}

export class TopBrandDto {
  id: string;
  /** @example "Lucky Fox" */
  name: string;
  /** @example "casino" */
  category: string | null;
  /**
   * Stars from 0 to 5 in halves; null while the program has not rated it.
   * @example 4.5
   */
  rating: number | null;
}

/** A promo of a brand that runs now. */
export class DashboardDealDto {
  id: string;
  brandId: string;
  brandName: string;
  /** @example "Black week" */
  title: string;
  /** @example "https://lucky-fox.example/black-week" */
  link: string;
  /** @example "BLACK15" */
  code: string | null;
  @ApiProperty({ enum: ['discount', 'bonus'] })
  kind: 'discount' | 'bonus';
  size: DealSizeDto;
  /** Not included; null where it runs until further notice. */
  endsAt: Date | null;
}

export class DashboardNewsDto {
  /** Newest first. */
  latest: NewsHeadlineDto[];
  unreadCount: number;
}

export class PartnerDashboardDto extends DashboardFiguresDto {
  /** Money by where it stands; null for people who may not see the wallet. */
  @ApiProperty({ type: [DashboardBalanceDto], nullable: true })
  balances: DashboardBalanceDto[] | null;
  month: PartnerMonthDto;
  /** The five with the best rating; those not yet rated come last. */
  topBrands: TopBrandDto[];
  /** The five that began last. */
  latestDeals: DashboardDealDto[];
  /** The latest news; null for people who may not read it. */
  @ApiProperty({ type: DashboardNewsDto, nullable: true })
  news: DashboardNewsDto | null;
}

/** Orders of the period by what became of them. */
export class OrderCountsDto {
  pending: number;
  approved: number;
  declined: number;
}

export class BrandDashboardDto extends DashboardFiguresDto {
  orders: OrderCountsDto;
}

/** The program so far in a day or month, beside the same part of the one before. */
export class ProgramSpanDto {
  @ApiProperty({ enum: ['today', 'month'] })
  span: 'today' | 'month';
  /** @example "2026-10-31T00:00:00.000Z" */
  from: Date;
  until: Date;
  fromBefore: Date;
  untilBefore: Date;
  stats: DashboardFigureDto[];
}

/** How much waits for a decision; null for what the operator may not read. */
export class QueuesDto {
  partnershipRequests: number | null;
  addOnRequests: number | null;
  broadcastRequests: number | null;
  adPackageRequests: number | null;
  adRequests: number | null;
  brandSuggestions: number | null;
  documents: number | null;
  pendingBills: number | null;
  billsOnHold: number | null;
  cashouts: number | null;
  balanceCorrections: number | null;
  fraudSignals: number | null;
  /** Tickets in which an operator is waited for. */
  tickets: number | null;
}

export class RankedDto {
  id: string;
  name: string;
  /**
   * In the dashboard's currency; null where a rate is missing.
   * @example "125.50"
   */
  ngr: string | null;
  registrationsCount: number;
}

export class OperatorDashboardDto extends DashboardFiguresDto {
  /** @example "Europe/Berlin" */
  timeZone: string;
  spans: ProgramSpanDto[];
  queues: QueuesDto;
  /** The five with the highest NGR of this month. */
  topPartners: RankedDto[];
  topBrands: RankedDto[];
}
