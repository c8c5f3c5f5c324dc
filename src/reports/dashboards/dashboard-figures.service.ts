import { Injectable } from '@nestjs/common';
import { DateTime } from 'luxon';
import { DataSource } from 'typeorm';
import { Clock, Config, Decimal } from '../../platform/index.js';
import type { ConversionDto } from '../display-currency.dto.js';
import { DisplayCurrency } from '../display-currency.service.js';
import { type ColumnName, columnOf } from '../domain/catalogue/columns.js';
import type { Cell } from '../domain/report-answer.js';
import type { ReportScope } from '../domain/report-facts.js';
import { badParameter, type RawQuery } from '../domain/report-parameters.js';
import { UnratedAmounts } from '../reports.errors.js';
import { Reports } from '../reports.service.js';
import type {
  DashboardFigureDto,
  DashboardFiguresDto,
  DashboardQuery,
  DashboardSeriesDto,
} from './dashboards.dto.js';
import {
  type ChartUnit,
  type Days,
  lengthOf,
  MOST_POINTS,
  periodBefore,
  pointsOf,
  stretchesBefore,
  usualUnit,
} from './domain/dashboard-period.js';

/** What the dashboards show of the report's columns. */
export const FIGURES = ['visits_count', 'unique_visits_count', 'registrations_count', 'first_deposits_count', 'deposits_sum', 'ngr', 'partner_income'] as const satisfies readonly ColumnName[]; // prettier-ignore

const USUAL_DAYS = 30;
/** So many days a period has at most. */
const MOST_DAYS = MOST_POINTS * 31;
/** Of which it has at most as many rows, and the one before it, which may have longer months. */
const MOST_ROWS = 2 * MOST_DAYS;
const FIRST_DAY = '1970-01-01';

/** Figures by column: decimal texts, or null where a rate is missing. */
export type Values = ReadonlyMap<string, string | null>;

/** Which facts, and how amounts are shown. */
export interface FigureScope {
  readonly scope: ReportScope;
  /** Further parameters of the report. */
  readonly filters: RawQuery;
  readonly timeZone: string;
  /** That amounts are shown in. */
  readonly currency: string;
}

interface Read {
  /** By which rates amounts were converted, or what they lacked. */
  readonly conversion: ConversionDto;
  readonly totals: Values;
  /** By the groups' first cell. */
  readonly rows: ReadonlyMap<string, Values>;
}

/** Quick figures and charts of dashboards (A01), all of them read from the one report. */
@Injectable()
export class DashboardFigures {
  constructor(
    private readonly reports: Reports,
    private readonly display: DisplayCurrency,
    private readonly dataSource: DataSource,
    private readonly config: Config,
    private readonly clock: Clock,
  ) {}

  /**
   * How the reader wants to see amounts and days.
   * @throws DomainError INVALID_CURRENCY (422)
   */
  async view(
    userId: string,
    query: Pick<DashboardQuery, 'currency' | 'timeZone'>,
  ): Promise<Pick<FigureScope, 'timeZone' | 'currency'>> {
    const currency = await this.display.of(this.dataSource, userId, query.currency);
    return { timeZone: query.timeZone ?? this.config.timeZone, currency };
  }

  /** The present time in a zone. */
  now(timeZone: string): DateTime<true> {
    return DateTime.fromJSDate(this.clock.now(), { zone: timeZone }) as DateTime<true>;
  }

  /**
   * Figures of the days beside those of the period before, as a whole and point by point.
   * @throws DomainError INVALID_PARAMETER (400) for days in the wrong order, or too many of them
   */
  async compare(figures: FigureScope, query: DashboardQuery): Promise<DashboardFiguresDto> {
    const days = this.daysOf(query, figures.timeZone);
    const unit = query.unit ?? usualUnit(days);
    const points = pointsOf(days, unit);
    if (points.length > MOST_POINTS)
      throw badParameter('unit', `gives more than ${MOST_POINTS} points; take a longer one`);
    const before = periodBefore(days);
    const [now, then] = [
      await this.readDays(figures, days, unit),
      await this.readDays(figures, before, 'day'),
    ];
    const daysBefore = stretchesBefore(days, unit).map((stretch) => stretch && pointsOf(stretch, 'day'));
    const series = FIGURES.map((name): DashboardSeriesDto => ({
      name,
      points: points.map((date, index) => ({
        date,
        value: valueAt(now, date, name),
        before: sumOver(then, daysBefore[index] ?? null, name),
      })),
    }));
    return {
      period: { ...days, timeZone: figures.timeZone, unit, before },
      stats: FIGURES.map((name) => figureOf(name, now.totals, then.totals)),
      series,
      conversion: ofBoth(now.conversion, then.conversion),
    };
  }

  /** Totals of a half-open span of time. */
  async totals(figures: FigureScope, from: Date, until: Date): Promise<Values> {
    return (await this.read(figures, { from: from.toISOString(), to: until.toISOString() })).totals;
  }

  private readDays(figures: FigureScope, { from, to }: Days, unit: ChartUnit): Promise<Read> {
    return this.read(figures, { from, to, group_by: unit });
  }

  private async read({ scope, filters, timeZone, currency }: FigureScope, days: RawQuery): Promise<Read> {
    const { answer, missing } = await inCurrency(currency, FIGURES, (columns) => {
      const query = { ...days, ...filters, ...columns, time_zone: timeZone };
      const request = this.reports.request(query, scope.partnerId === null ? 'operator' : 'partner');
      return this.reports.page(scope, { ...request, perPage: MOST_ROWS });
    });
    return {
      conversion: { currency, rates: answer.conversion?.rates ?? [], missing },
      totals: valuesOf(answer.totals.data[0] ?? []),
      rows: new Map(answer.rows.data.map(([group, ...cells]) => [group!.value as string, valuesOf(cells)])),
    };
  }

  private daysOf({ from, to }: DashboardQuery, timeZone: string): Days {
    const last = to ?? this.now(timeZone).toISODate();
    const first =
      from ??
      DateTime.fromISO(last, { zone: 'utc' })
        .minus({ days: USUAL_DAYS - 1 })
        .toISODate()!;
    const days = { from: first, to: last };
    if (first > last) throw badParameter('to', 'must not be before from');
    if (lengthOf(days) > MOST_DAYS)
      throw badParameter('from', `must lie less than ${MOST_DAYS} days before to`);
    if (periodBefore(days).from < FIRST_DAY) {
      const message = `is too early: the period before, which is compared with, must not begin before ${FIRST_DAY}`;
      throw badParameter(from === undefined ? 'to' : 'from', message);
    }
    return days;
  }
}

/**
 * What `read` gives of the columns with amounts in the currency; while there is no rate to it from one of theirs, of
 * those that are no amounts, and the missing one.
 */
export async function inCurrency<T>(
  currency: string,
  columns: readonly ColumnName[],
  read: (columns: RawQuery) => Promise<T>,
): Promise<{ answer: T; missing: string[] }> {
  try {
    return { answer: await read({ columns: [...columns], conversion_currency: currency }), missing: [] };
  } catch (error) {
    if (!(error instanceof UnratedAmounts)) throw error;
    const counts = columns.filter((name) => columnOf(name).type === 'integer');
    return { answer: await read({ columns: counts }), missing: [error.currency] };
  }
}

/** The rates of both periods: they are of the same day, unless one of them was not converted. */
function ofBoth(now: ConversionDto, then: ConversionDto): ConversionDto {
  const { currency, rates } = now.missing.length === 0 ? now : then;
  return { currency, rates, missing: [...new Set([...now.missing, ...then.missing])] };
}

/** The figure of both periods, and its growth. */
export function figureOf(name: ColumnName, now: Values, then: Values): DashboardFigureDto {
  const { title, type } = columnOf(name);
  const [value, before] = [now.get(name) ?? null, then.get(name) ?? null];
  const grown = value !== null && before !== null && !new Decimal(before).isZero();
  const changePercent = grown
    ? new Decimal(value).minus(before).div(new Decimal(before).abs()).times(100).toFixed(1)
    : null;
  return { name, title, type: type === 'money' ? 'money' : 'integer', value, before, changePercent };
}

/** A unit without a row had no facts: zero, unless amounts are not shown at all. */
function valueAt({ rows, totals }: Read, date: string, name: ColumnName): string | null {
  const value = rows.get(date)?.get(name);
  if (value !== undefined) return value;
  const total = totals.get(name);
  return total === undefined ? null : zeroLike(total);
}

/** What the rows of the days add up to; null without days, and where amounts are not shown. */
function sumOver({ rows, totals }: Read, days: readonly string[] | null, name: ColumnName): string | null {
  const total = totals.get(name) ?? null;
  if (days === null || total === null) return null;
  const sum = days.reduce((so, day) => so.plus(rows.get(day)?.get(name) ?? 0), new Decimal(0));
  return sum.toFixed(decimalsOf(total));
}

function zeroLike(total: string | null): string | null {
  return total === null ? null : new Decimal(0).toFixed(decimalsOf(total));
}

function decimalsOf(number: string): number {
  return number.split('.')[1]?.length ?? 0;
}

function valuesOf(cells: readonly Cell[]): Values {
  return new Map(
    cells.map(({ name, value }) => [
      name,
      value !== null && typeof value === 'object' ? value.amount : value === null ? null : String(value),
    ]),
  );
}
