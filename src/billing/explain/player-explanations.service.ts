import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import {
  assessQualification,
  barringFlags,
  CommissionPlans,
  payingStrategy,
  type PlanVersion,
  type PlanWithVersions,
} from '../../commissions/index.js';
import { Clock, Money, type MoneyDto } from '../../platform/index.js';
import { type ExplainedPlayer, PlayerFacts } from '../../tracking/index.js';
import { isSuspended } from '../domain/assign-qualification.js';
import { nextRunFrom } from '../domain/next-run.js';
import { findPayingPeriod, periodAt } from '../plan-periods.js';
import { type PayingPeriod, type PlayerStanding, summaryOf, toCriterion, outcomeOf } from './player-words.js';
import type {
  ExplainedRegistrationDto,
  ExplainedStrategyDto,
  PlayerExplanationDto,
  RecordedQualificationDto,
} from './player-explanation.dto.js';

interface RecordRow {
  period_start: Date;
  qualified_at: Date;
  decided_at: Date | null;
  revoked_at: Date | null;
  bill_id: string | null;
  state: NonNullable<RecordedQualificationDto['bill']>['state'];
  first_day: string;
  last_day: string;
}

/** Says why a player is or is not qualified, by the very rules of the bill run (B03, rules §3.2, §3.4). */
@Injectable()
export class PlayerExplanations {
  constructor(
    private readonly players: PlayerFacts,
    private readonly plans: CommissionPlans,
    private readonly clock: Clock,
  ) {}

  /**
   * What bill runs decided of the player, and what its facts come to now.
   * @param partnerId whose player it must be; another partner's player does not exist
   * @throws DomainError NOT_FOUND
   */
  async explain(db: EntityManager, playerId: string, partnerId?: string): Promise<PlayerExplanationDto> {
    const now = this.clock.now();
    const player = await this.players.get(db, playerId, now, partnerId);
    const plan = await this.plans.getWithVersions(db, player.planId);
    const names = await this.plans.names(db, [plan.id]);
    const recorded = await findRecord(db, plan.id, playerId);
    const paying = payingPeriodOf(plan, player, now);
    const terms = termsFor(plan, paying, recorded, now);
    const { first, strategies } = assessQualification(terms, player, player);
    const suspended = first !== null && isSuspended(player.suspensions, first.at);
    const standing: PlayerStanding = { recorded, paying, suspended, strategies, first, terms };
    return {
      player: {
        id: player.playerId,
        externalId: player.externalId,
        country: player.country,
        signedUpAt: player.signedUpAt,
        flags: [...barringFlags(player)],
      },
      plan: { id: plan.id, name: names.get(plan.id) ?? '', version: terms.version },
      outcome: outcomeOf(standing),
      summary: summaryOf(standing),
      recorded,
      now: paying && {
        strategyIndex: paying.strategyIndex,
        qualifiedAt: paying.at,
        periodStart: paying.periodStart,
        periodEnd: paying.periodEnd,
      },
      nextDecisionAt: nextDecisionAt(plan, paying, now),
      registration: registrationOf(plan, player),
      strategies: strategies.map(({ strategyIndex, at, countsUntil, criteria }): ExplainedStrategyDto => ({
        strategyIndex,
        amount: amountOf(terms, strategyIndex),
        qualifiedAt: at,
        countsUntil,
        criteria: criteria.map((result) => toCriterion(result, terms.currency)),
      })),
    };
  }
}

/** The period that the player's facts call for, whether or not a run has seen them. */
function payingPeriodOf(plan: PlanWithVersions, player: ExplainedPlayer, now: Date): PayingPeriod | null {
  const paying = findPayingPeriod(plan, player);
  if (!paying) return null;
  const { end } = periodAt(plan, paying.periodStart);
  return { ...paying, periodEnd: end, isOver: end <= now };
}

/** A period is decided by the first run after its end. */
function nextDecisionAt(plan: PlanWithVersions, paying: PayingPeriod | null, now: Date): Date {
  const { periodEnd } = paying ?? { periodEnd: periodAt(plan, now).end };
  return nextRunFrom(periodEnd > now ? periodEnd : now);
}

/** The terms of the period that pays or paid for the player, else those of today. */
function termsFor(
  plan: PlanWithVersions,
  paying: PayingPeriod | null,
  recorded: RecordedQualificationDto | null,
  now: Date,
): PlanVersion {
  return periodAt(plan, paying?.periodStart ?? recorded?.periodStart ?? now).terms;
}

function registrationOf(plan: PlanWithVersions, player: ExplainedPlayer): ExplainedRegistrationDto | null {
  if (isSuspended(player.suspensions, player.signedUpAt)) return null;
  const { terms } = periodAt(plan, player.signedUpAt);
  const strategyIndex = payingStrategy(terms.strategies, player);
  return strategyIndex === null ? null : { strategyIndex, amount: amountOf(terms, strategyIndex) };
}

function amountOf({ strategies, currency }: PlanVersion, index: number): MoneyDto {
  const strategy = strategies[index]!;
  const minor = 'amountMinor' in strategy ? (strategy.amountMinor ?? 0n) : 0n;
  return Money.of(minor, currency).toJSON();
}

async function findRecord(
  db: EntityManager,
  planId: string,
  playerId: string,
): Promise<RecordedQualificationDto | null> {
  const [row] = await db.query<RecordRow[]>(
    `SELECT q.period_start, q.qualified_at, q.decided_at, q.revoked_at, q.bill_id, b.state, b.first_day::text, b.last_day::text
       FROM player_qualifications q LEFT JOIN bills b ON b.id = q.bill_id
      WHERE q.plan_id = $1 AND q.player_id = $2`,
    [planId, playerId],
  );
  if (!row) return null;
  const { bill_id: id, state, first_day: firstDay, last_day: lastDay } = row;
  return {
    qualifiedAt: row.qualified_at,
    periodStart: row.period_start,
    bill: id === null ? null : { id, state, firstDay, lastDay },
    decidedAt: row.decided_at,
    revokedAt: row.revoked_at,
  };
}
