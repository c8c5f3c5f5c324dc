import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import {
  type ActivitySums,
  assessQualification,
  columnsOfMeasure,
  countedParts,
  countedThings,
  type Line,
  RevenueParts,
  type Strategy,
} from '../../commissions/index.js';
import { decodeCursor, idOfCursor, invalidCursor, Money, type Page, toPage } from '../../platform/index.js';
import { FactsService, LineFacts, type PlayerToQualify, type PromoPeriod } from '../../tracking/index.js';
import { neededEvents } from '../needed-facts.js';
import type { PlanPeriod } from '../plan-periods.js';
import { figuresText } from './bill-line-words.js';
import type { LinePartDto } from './line-explanation.dto.js';
import type { PeriodNow } from './periods-now.service.js';
import { lastCriterionOf } from './player-words.js';

/** A line of a strategy, with what its period is worth now. */
export interface StrategyLine {
  readonly strategy: Strategy;
  readonly strategyIndex: number;
  readonly promo: PromoPeriod;
  readonly now: PeriodNow;
  /** The line by the facts of this moment; null when nothing is due. */
  readonly line: Line | null;
  /** Corrections after this instant are counted. */
  readonly since: Date;
}

/** Which parts to show. */
export interface PartsPage {
  readonly limit: number;
  readonly cursor?: string;
  readonly playerId?: string;
}

type RevshareLine = StrategyLine & { readonly strategy: Extract<Strategy, { type: 'revshare' }> };

/** What a part has when nothing else is said. */
export const PLAIN_PART = {
  externalId: null,
  country: null,
  at: null,
  criterion: null,
  figures: null,
  base: null,
  runningBase: null,
  runningTotal: null,
  runningTier: null,
  paid: true,
  corrections: 0,
  billId: null,
} as const;

/** The players and orders that a line rests on, page by page; their parts add up to its base and its amount. */
@Injectable()
export class LineParts {
  constructor(
    private readonly facts: LineFacts,
    private readonly players: FactsService,
  ) {}

  /** The players who share revenue, in the order of their ids. */
  async ofRevenue(db: EntityManager, line: RevshareLine, page: PartsPage): Promise<Page<LinePartDto>> {
    const { strategy, promo, now, since } = line;
    const columns = columnsOfMeasure(strategy.base);
    const after = page.playerId === undefined ? idOfCursor(page.cursor) : null;
    const players = await this.facts.players(
      db,
      promo,
      columns,
      { after, only: page.playerId ?? null, limit: page.limit + 1 },
      since,
    );
    const first = players[0];
    const before = first
      ? subtract(await this.facts.sumsUpTo(db, promo, columns, first.playerId), first.sums)
      : {};
    const { currency, adminFeeBps } = now.period.terms;
    const all = now.facts.promoActivity;
    const ofPromo = all.filter(({ promoId, campaignId }) => isOf(promo, { promoId, campaignId }));
    const walk = new RevenueParts({
      ...{ strategy, currency, adminFeeBps, before },
      amountMinor: line.line?.amountMinor ?? 0n,
      promo: add(ofPromo.map(({ sums }) => sums)),
      all: add(all.map(({ sums }) => sums)),
    });
    const parts = players.map(
      ({ playerId, externalId, country, firstAt, sums, corrections }): LinePartDto => {
        const { amountMinor, ...part } = walk.take(sums);
        return {
          ...PLAIN_PART,
          ...{ kind: 'player', id: playerId, externalId, country, at: firstAt, corrections },
          figures: figuresText(sums, currency),
          ...part,
          amount: Money.of(amountMinor, currency).toJSON(),
        };
      },
    );
    return toPage(parts, page.limit, ({ id }) => [id]);
  }

  /** The players or orders that are paid one by one, in the order of their time. */
  async ofCounted(db: EntityManager, line: StrategyLine, page: PartsPage): Promise<Page<LinePartDto>> {
    const { strategy, strategyIndex, promo, now, since } = line;
    const { currency } = now.period.terms;
    const counted = countedParts(
      { ...promo, amountMinor: line.line?.amountMinor ?? 0n },
      strategy,
      countedThings(now.facts, strategyIndex),
    );
    const isSale = strategy.type === 'sale';
    const named = await this.namedBy(db, promo, page.playerId);
    const [time, id] = page.playerId === undefined ? timeAndNameOfCursor(page.cursor) : [null, null];
    const isAfter = (part: (typeof counted)[number]): boolean =>
      time === null || part.at > time || (part.at.getTime() === time.getTime() && part.id > id);
    const shown = toPage(
      counted.filter((part) => isAfter(part) && (named === undefined || named === part.id)),
      page.limit,
      (part) => [part.at.toISOString(), part.id],
    );
    const table = isSale ? 'orders' : 'players';
    const ids = await this.facts.idsOf(db, table, promo.campaignId, shown.items.map((part) => part.id)); // prettier-ignore
    const known = isSale
      ? await this.facts.knownOrders(db, [...ids.values()])
      : await this.facts.knownPlayers(db, promo, [...ids.values()], since);
    const players = strategy.type === 'cpa' ? await this.withFacts(db, now, [...ids.values()]) : null;
    const items = shown.items.map((part): LinePartDto => {
      const player = players?.get(part.id);
      return {
        ...PLAIN_PART,
        kind: isSale ? 'order' : 'player',
        id: ids.get(part.id)!,
        ...known.get(ids.get(part.id)!)!,
        at: part.at,
        criterion: player ? criterionOf(now.period, strategyIndex, player) : null,
        base: part.baseMinor === null ? null : Money.of(part.baseMinor, currency).toString(),
        paid: part.paid,
        amount: Money.of(part.amountMinor, currency).toJSON(),
      };
    });
    return { items, nextCursor: shown.nextCursor };
  }

  /** The players of a page with what they did before the end of the period, by the brand's id. */
  private async withFacts(
    db: EntityManager,
    { period, scope }: PeriodNow,
    playerIds: readonly string[],
  ): Promise<Map<string, PlayerToQualify>> {
    const looksAt = neededEvents(period.terms.strategies);
    const players = looksAt ? await this.players.playersById(db, playerIds, scope.to, looksAt) : [];
    return new Map(players.map((player) => [player.externalId, player]));
  }

  /** What the brand calls the player; null when there is none, undefined when nobody was asked for. */
  private async namedBy(
    db: EntityManager,
    promo: PromoPeriod,
    playerId: string | undefined,
  ): Promise<string | null | undefined> {
    if (playerId === undefined) return undefined;
    const known = await this.facts.knownPlayers(db, promo, [playerId], promo.to);
    return known.get(playerId)?.externalId ?? null;
  }
}

/** The time and the brand's id in the cursor of a list that is sorted by these two; nulls for the first page. */
function timeAndNameOfCursor(cursor: string | undefined): [Date, string] | [null, null] {
  if (cursor === undefined) return [null, null];
  const [time = '', name = ''] = decodeCursor(cursor, 2);
  if (Number.isNaN(Date.parse(time))) throw invalidCursor();
  return [new Date(time), name];
}

function criterionOf({ terms }: PlanPeriod, strategyIndex: number, player: PlayerToQualify): string | null {
  const { strategies } = assessQualification(terms, player, player);
  const result = strategies.find((strategy) => strategy.strategyIndex === strategyIndex);
  return result ? lastCriterionOf(result) : null;
}

function isOf(promo: PromoPeriod, place: { promoId: string; campaignId: string }): boolean {
  return place.promoId === promo.promoId && place.campaignId === promo.campaignId;
}

function add(all: readonly ActivitySums[]): ActivitySums {
  const total: ActivitySums = {};
  for (const sums of all) {
    for (const [name, value] of Object.entries(sums)) {
      const column = name as keyof ActivitySums;
      total[column] = (total[column] ?? 0n) + value;
    }
  }
  return total;
}

function subtract(from: ActivitySums, sums: ActivitySums): ActivitySums {
  return add([from, Object.fromEntries(Object.entries(sums).map(([name, value]) => [name, -value]))]);
}
