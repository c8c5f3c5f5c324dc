import { Injectable } from '@nestjs/common';
import { type ArrayItem, arrayLiteral, Clock, Outbox, type Tx } from '../platform/index.js';
import { FactsService } from '../tracking/index.js';
import {
  PLAYERS_QUALIFIED,
  type PlayersQualified,
  type QualificationAction,
  qualificationEventId,
} from './billing.events.js';
import { qualify, type QualifiedPlayer } from './period-calculation.js';
import type { PartnerToBill, PlanToBill } from './plan-to-bill.js';

/** Who of a partner's players is qualified in the periods from one on. */
export interface QualificationDecision {
  readonly partnerId: string;
  readonly from: Date;
  /** With the bill that pays for the player; null when its line is zero. */
  readonly qualified: readonly (QualifiedPlayer & { readonly billId: string | null })[];
}

/** An event holds so many players at most. */
const PLAYERS_PER_EVENT = 1_000;

/** Decides in the bill run which players are qualified, and keeps it (A11, rules §3.2, §3.4). */
@Injectable()
export class Qualifications {
  constructor(
    private readonly facts: FactsService,
    private readonly outbox: Outbox,
    private readonly clock: Clock,
  ) {}

  /** By partner: players who qualify in one of its periods by the plan's facts; none who did so in an earlier period. */
  async decide(
    tx: Tx,
    plan: PlanToBill,
    partners: readonly PartnerToBill[],
  ): Promise<Map<string, QualifiedPlayer[]>> {
    const settled = await findSettled(tx, plan.id, partners);
    return new Map(
      partners.map(({ partnerId, periods, players }) => [
        partnerId,
        players
          .filter(({ playerId }) => !settled.has(playerId))
          .flatMap((player) => qualify(player, periods) ?? []),
      ]),
    );
  }

  /** Keeps the decisions with the bills that hold them, and tells of players who qualify for the first time. */
  async keep(tx: Tx, plan: PlanToBill, decisions: readonly QualificationDecision[]): Promise<void> {
    const now = this.clock.now();
    await revokeOthers(tx, plan.id, decisions, now);
    const qualified = decisions.flatMap((decision) => decision.qualified);
    if (qualified.length === 0) return;
    const list = (pick: (decided: (typeof qualified)[number]) => ArrayItem): string =>
      arrayLiteral(qualified.map(pick));
    // A row that was there already is updated, not inserted: xmax is zero for new rows only.
    const kept = await tx.query<{ player_id: string; is_new: boolean }[]>(
      `INSERT INTO player_qualifications AS known
              (plan_id, player_id, partner_id, campaign_id, promo_id, period_start, qualified_at, bill_id, decided_at)
       SELECT $2, player_id, partner_id, campaign_id, promo_id, period_start, qualified_at, bill_id, $9
         FROM unnest($1::uuid[], $3::uuid[], $4::uuid[], $5::uuid[], $6::timestamptz[], $7::timestamptz[], $8::uuid[])
           AS player (player_id, partner_id, campaign_id, promo_id, period_start, qualified_at, bill_id)
        ORDER BY player_id
       ON CONFLICT (plan_id, player_id) DO UPDATE
          SET period_start = excluded.period_start, qualified_at = excluded.qualified_at, revoked_at = NULL
       RETURNING player_id, xmax = 0 AS is_new`,
      [
        list(({ player }) => player.playerId),
        plan.id,
        list(({ player }) => player.partnerId),
        list(({ player }) => player.campaignId),
        list(({ player }) => player.promoId),
        list(({ periodStart }) => periodStart.toISOString()),
        list(({ at }) => at.toISOString()),
        list(({ billId }) => billId),
        now,
      ],
    );
    const fresh = new Set(kept.filter((row) => row.is_new).map((row) => row.player_id));
    await this.tell(
      tx,
      plan,
      qualified.filter(({ player }) => fresh.has(player.playerId)),
    );
  }

  /** What the event tells, player by player, in the shape of the actions that tracking reports. */
  async actionsOf(tx: Tx, { planId, currency, players }: PlayersQualified): Promise<QualificationAction[]> {
    const origins = await this.facts.originsOf(
      tx,
      players.map(({ playerId }) => playerId),
    );
    return players.flatMap(({ playerId, at, amountMinor }) => {
      const origin = origins.get(playerId);
      if (!origin) return [];
      const { externalId: playerExternalId, ...rest } = origin;
      return {
        ...rest,
        eventId: qualificationEventId(planId, playerId),
        action: 'qualification' as const,
        playerId,
        playerExternalId,
        occurredAt: at,
        amountMinor,
        currency,
      };
    });
  }

  private async tell(tx: Tx, plan: PlanToBill, fresh: readonly QualifiedPlayer[]): Promise<void> {
    const { brandId, id: planId, currency } = plan;
    const players = fresh.map(({ player, at, periodStart, strategyIndex }) => ({
      playerId: player.playerId,
      at: at.toISOString(),
      amountMinor: paidFor(plan, periodStart, strategyIndex),
    }));
    for (let from = 0; from < players.length; from += PLAYERS_PER_EVENT) {
      const told = players.slice(from, from + PLAYERS_PER_EVENT);
      const event: PlayersQualified = { brandId, planId, currency, players: told };
      await this.outbox.publish(tx, PLAYERS_QUALIFIED, event);
    }
  }
}

/** What the plan pays for a player by that strategy in the period, in minor units. */
function paidFor(plan: PlanToBill, periodStart: Date, strategyIndex: number): string {
  const { terms } = plan.periods.find(({ start }) => start.getTime() === periodStart.getTime())!;
  const strategy = terms.strategies[strategyIndex];
  return strategy?.type === 'cpa' ? strategy.amountMinor.toString() : '0';
}

/** Players whom a period before the partner's first one has paid for. */
async function findSettled(tx: Tx, planId: string, partners: readonly PartnerToBill[]): Promise<Set<string>> {
  const rows = await tx.query<{ player_id: string }[]>(
    // Player by player, by the key, whatever the planner believes of a table that is only being filled.
    `SELECT settled.player_id FROM unnest($2::uuid[], $3::timestamptz[]) AS player (id, start_at)
      CROSS JOIN LATERAL (
            SELECT player_id FROM player_qualifications own
             WHERE own.plan_id = $1 AND own.player_id = player.id AND own.period_start < player.start_at
               AND own.revoked_at IS NULL
            OFFSET 0) AS settled`,
    [
      planId,
      partners.flatMap(({ players }) => players.map(({ playerId }) => playerId)),
      partners.flatMap(({ players, periods }) => players.map(() => periods[0]!.start)),
    ],
  );
  return new Set(rows.map((row) => row.player_id));
}

async function revokeOthers(
  tx: Tx,
  planId: string,
  decisions: readonly QualificationDecision[],
  now: Date,
): Promise<void> {
  // Partner by partner, by the partner's index, whatever the planner believes of a table that is only being filled.
  const rows = await tx.query<{ player_id: string }[]>(
    `SELECT former.player_id FROM unnest($2::uuid[], $3::timestamptz[]) AS decided (partner_id, start_at)
      CROSS JOIN LATERAL (
            SELECT player_id, plan_id FROM player_qualifications own
             WHERE own.partner_id = decided.partner_id AND own.period_start >= decided.start_at
               AND own.revoked_at IS NULL
            OFFSET 0) AS former
      WHERE former.plan_id = $1`,
    [planId, decisions.map(({ partnerId }) => partnerId), decisions.map(({ from }) => from)],
  );
  const kept = new Set(decisions.flatMap(({ qualified }) => qualified.map(({ player }) => player.playerId)));
  const others = rows.map((row) => row.player_id).filter((id) => !kept.has(id));
  if (others.length === 0) return;
  await tx.query(
    'UPDATE player_qualifications SET revoked_at = $3 WHERE plan_id = $1 AND player_id = ANY($2)',
    [planId, others, now],
  );
}
