import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { CommissionPlans, lineInWords } from '../../commissions/index.js';
import { Money, notFound, type Page } from '../../platform/index.js';
import { LineEvents, LineFacts } from '../../tracking/index.js';
import { toLine } from '../bill-view.js';
import { type BilledHistory, findBilled, findLines } from '../bill-line-book.js';
import type { BillLine } from '../bill-line.entity.js';
import { Bill } from '../bill.entity.js';
import { type BilledLine, settledPart, sumOfBilled } from '../domain/bill-lines.js';
import { toCalculatedLine } from '../period-calculation.js';
import { periodAt } from '../plan-periods.js';
import { billLineInWords, toEvent } from './bill-line-words.js';
import { BillParts } from './bill-parts.service.js';
import type {
  LineChangesDto,
  LineExplanationDto,
  LineFiguresDto,
  LineNowDto,
  LinePartDto,
} from './line-explanation.dto.js';
import { LineParts, type PartsPage, type StrategyLine } from './line-parts.service.js';
import { PeriodsNow } from './periods-now.service.js';

/** A line's place in its plan, as its key names it: strategy, and level of sub-affiliates. */
interface Place {
  readonly strategyIndex: number;
  readonly level: number;
}

/** Says why a line of a bill has its amount, down to the players and events that it rests on (B03, rules §3.5). */
@Injectable()
export class LineExplanations {
  constructor(
    private readonly plans: CommissionPlans,
    private readonly periods: PeriodsNow,
    private readonly parts: LineParts,
    private readonly billParts: BillParts,
    private readonly facts: LineFacts,
    private readonly events: LineEvents,
  ) {}

  /**
   * The calculation that the line keeps, beside what the same line comes to by the facts of this moment and a page of
   * what that rests on.
   * @param partnerId whose bill it must be; another partner's bill does not exist
   * @throws DomainError NOT_FOUND
   */
  async explain(
    db: EntityManager,
    which: { readonly billId: string; readonly lineId: string; readonly partnerId?: string },
    page: PartsPage,
  ): Promise<LineExplanationDto> {
    const { bill, line } = await findLine(db, which);
    const plan = await this.plans.getWithVersions(db, bill.planId);
    const names = await this.plans.names(db, [plan.id]);
    const period = periodAt(plan, line.periodStart);
    const about = {
      billId: bill.id,
      line: toLine(line, bill.currency),
      plan: { id: plan.id, name: names.get(plan.id) ?? '', version: period.version },
      periodStart: period.start,
      periodEnd: period.end,
      words: billLineInWords(line.explanation),
    };
    if (line.strategy === null) {
      const { items, nextCursor } = await this.billParts.ofLines(db, bill, line, page);
      const none = { asBilled: null, now: null, outstanding: null, changes: null, events: null };
      return { ...about, ...none, parts: items, nextCursor };
    }
    const place = placeOf(line);
    const history = await findBilled(db, bill, line);
    const strategy = period.terms.strategies[place.strategyIndex]!;
    const whose = { partnerId: bill.partnerId, periodStart: period.start, strategy };
    const now = await this.periods.calculate(db, plan, whose);
    const current = now.lines.find(({ lineKey }) => lineKey === line.lineKey) ?? null;
    const explained: StrategyLine = {
      strategy,
      strategyIndex: place.strategyIndex,
      promo: { ...now.scope, campaignId: line.campaignId!, promoId: line.promoId! },
      now,
      line: current,
      since: history.since,
    };
    const billed = asBilledOf(history, current);
    const outstanding = (current?.amountMinor ?? 0n) - billed.amountMinor;
    return {
      ...about,
      asBilled: figuresOf(billed, bill.currency),
      now: nowOf(current, bill.currency),
      outstanding: Money.of(outstanding, bill.currency).toJSON(),
      changes: await this.changes(db, explained),
      ...(await this.page(db, bill, explained, place.level, page)),
    };
  }

  /** A page of parts; or one player's part with a page of its events. */
  private async page(
    db: EntityManager,
    bill: Bill,
    line: StrategyLine,
    level: number,
    page: PartsPage,
  ): Promise<Pick<LineExplanationDto, 'parts' | 'events' | 'nextCursor'>> {
    const parts = await this.partsOf(db, bill, line, level, page);
    if (page.playerId === undefined)
      return { parts: parts.items, events: null, nextCursor: parts.nextCursor };
    const events = await this.events.list(db, line.promo, page.playerId, page);
    if (parts.items.length === 0 && events.items.length === 0 && page.cursor === undefined)
      throw notFound('player');
    return {
      parts: parts.items,
      events: events.items.map((event) => toEvent(event, bill.currency)),
      nextCursor: events.nextCursor,
    };
  }

  private async partsOf(
    db: EntityManager,
    bill: Bill,
    line: StrategyLine,
    level: number,
    page: PartsPage,
  ): Promise<Page<LinePartDto>> {
    const { strategy } = line;
    if (strategy.type === 'revshare') return this.parts.ofRevenue(db, { ...line, strategy }, page);
    if (strategy.type !== 'sub_affiliate') return this.parts.ofCounted(db, line, page);
    if (page.playerId !== undefined) return { items: [], nextCursor: null };
    return this.billParts.ofPartners(db, line, bill, level, page);
  }

  private async changes(db: EntityManager, { promo, since }: StrategyLine): Promise<LineChangesDto> {
    const corrections = await this.facts.correctionsSince(db, promo, since);
    const [{ revoked }] = await db.query<[{ revoked: number }]>(
      `SELECT count(*)::int AS revoked FROM player_qualifications
        WHERE partner_id = $1 AND plan_id = $2 AND period_start = $3 AND promo_id = $4 AND revoked_at > $5`,
      [promo.partnerId, promo.planId, promo.from, promo.promoId, since],
    );
    return { since, ...corrections, revoked };
  }
}

async function findLine(
  db: EntityManager,
  { billId, lineId, partnerId }: { billId: string; lineId: string; partnerId?: string },
): Promise<{ bill: Bill; line: BillLine }> {
  const bill = await db
    .getRepository(Bill)
    .findOneBy({ id: billId, ...(partnerId !== undefined && { partnerId }) });
  if (!bill) throw notFound('bill');
  const [line] = await findLines(db, { billId, id: lineId });
  if (!line) throw notFound('line');
  return { bill, line };
}

/** As the next run counts it: the part of a cancelled bill that is due stands as billed, the rest of it for nothing. */
function asBilledOf({ billed, cancelled }: BilledHistory, current: StrategyLine['line']): BilledLine {
  if (!current || !cancelled) return billed;
  return sumOfBilled(billed, settledPart(toCalculatedLine(current), cancelled));
}

function placeOf({ lineKey }: BillLine): Place {
  const [strategyIndex, , , level = '0'] = lineKey.split(':');
  return { strategyIndex: Number(strategyIndex), level: Number(level) };
}

function figuresOf({ quantity, baseMinor, amountMinor }: BilledLine, currency: string): LineFiguresDto {
  return {
    quantity: Number(quantity),
    base: baseMinor === null ? null : Money.of(baseMinor, currency).toJSON(),
    amount: Money.of(amountMinor, currency).toJSON(),
  };
}

function nowOf(line: StrategyLine['line'], currency: string): LineNowDto {
  if (!line) return { quantity: 0, base: null, amount: Money.zero(currency).toJSON(), rate: null, words: [] };
  const { quantity, baseMinor, amountMinor, rate, explanation } = line;
  return {
    quantity,
    base: baseMinor === null ? null : Money.of(baseMinor, currency).toJSON(),
    amount: Money.of(amountMinor, currency).toJSON(),
    rate,
    words: lineInWords(explanation),
  };
}
