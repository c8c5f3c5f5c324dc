import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { Actor } from '../identity/index.js';
import { Clock } from '../platform/index.js';
import { DisplayCurrency } from './display-currency.service.js';
import type { Audience } from './domain/catalogue/groupers.js';
import type { RawQuery } from './domain/report-parameters.js';
import type { ReportRequest } from './domain/report-request.js';
import { daysOf, type ReportPeriod } from './domain/report-period.js';
import { checkedParameters, saysCurrency, withCurrency } from './domain/saved-query.js';
import { Reports } from './reports.service.js';

const ANY_DAY = '2000-01-01';

/** Queries of reports as people mean them: with their default currency, and as they are saved. */
@Injectable()
export class ReportQueries {
  constructor(
    private readonly reports: Reports,
    private readonly currencies: DisplayCurrency,
    private readonly clock: Clock,
  ) {}

  /** Whose reports the actor reads. */
  audienceOf({ realm }: Pick<Actor, 'realm'>): Audience {
    return realm === 'operator' ? 'operator' : 'partner';
  }

  /** The query with the reader's default currency, unless it names one: a default of display only (rule 11.4). */
  async withDefaultCurrency(db: EntityManager, userId: string, query: RawQuery): Promise<RawQuery> {
    if (saysCurrency(query)) return query;
    const currency = await this.currencies.chosenBy(db, userId);
    return currency === null ? query : withCurrency(query, currency);
  }

  /**
   * The query as it is saved: it makes a report, and its currency is settled for good.
   * @param period the days that it is to be run over; absent where they are in the query
   * @throws DomainError VALIDATION_FAILED (422) that names the parameter
   */
  async settle(db: EntityManager, actor: Actor, query: RawQuery, period?: ReportPeriod): Promise<RawQuery> {
    const audience = this.audienceOf(actor);
    const asked = await this.withDefaultCurrency(db, actor.userId, query);
    const check = (): ReportRequest =>
      this.reports.request(period ? this.over(asked, period, audience) : asked, audience);
    const { conversion } = checkedParameters(check, period === undefined);
    return withCurrency(query, conversion?.currency ?? null);
  }

  /**
   * The query over the days that a period means now, by the calendar of the query's zone.
   * @throws DomainError INVALID_PARAMETER (400) when the query makes no report
   */
  over(query: RawQuery, period: ReportPeriod, audience: Audience): RawQuery {
    const { timeZone } = this.reports.request({ ...query, from: ANY_DAY, to: ANY_DAY }, audience);
    return { ...query, ...daysOf(period, this.clock.now(), timeZone) };
  }
}
