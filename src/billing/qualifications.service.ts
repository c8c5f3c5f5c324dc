import { Injectable } from '@nestjs/common';
import { v5 as uuidV5 } from 'uuid';
import { firstQualification, type PlanTerms } from '../commissions/index.js';
import { Clock, Outbox, type Tx } from '../platform/index.js';
import { FactsService, type PlayerToQualify } from '../tracking/index.js';
import { PLAYERS_QUALIFIED, type PlayersQualified, type QualificationAction } from './billing.events.js';
import {
  type AssignedQualification,
  findQualifyingPeriod,
  type VersionedPeriod,
} from './domain/assign-qualification.js';

/** Namespace of the stable ids of qualification events. */
const EVENT_NAMESPACE = '6f0d4bd2-9d0c-5d0e-9f1c-2f3a52c0d9a1';

/** A player whom one of the recalculated periods pays for. */
export interface QualifiedPlayer extends AssignedQualification {
  readonly player: PlayerToQualify;
}

export interface QualificationScope {
  readonly partnerId: string;
  readonly planId: string;
  readonly brandId: string;
  readonly currency: string;
  /** The recalculated periods, oldest first, without gaps. */
  readonly periods: readonly VersionedPeriod[];
  readonly termsByVersion: ReadonlyMap<number, PlanTerms>;
}

/** Decides in the bill run which players are qualified, and keeps it (A11, rules §3.2, §3.4). */
@Injectable()
export class Qualifications {
  constructor(
    private readonly facts: FactsService,
    private readonly outbox: Outbox,
    private readonly clock: Clock,
  ) {}

  /** Players who qualify in one of the periods by the facts of today; none who did so in an earlier period. */
  async decide(tx: Tx, scope: QualificationScope): Promise<QualifiedPlayer[]> {
    const [first, last] = [scope.periods[0], scope.periods.at(-1)];
    const paysPlayers = [...scope.termsByVersion.values()].some(({ strategies }) =>
      strategies.some(({ type }) => type === 'cpa'),
    );
    if (!first || !last || !paysPlayers) return [];
    const { partnerId, planId } = scope;
    const players = await this.facts.playersForQualification(tx, {
      partnerId,
      planId,
      from: first.start,
      to: last.end,
    });
    const settled = await findSettled(tx, planId, first.start, players);
    return players.flatMap((player) => {
      if (settled.has(player.playerId)) return [];
      const assigned = findQualifyingPeriod(scope.periods, (version) =>
        firstQualification(scope.termsByVersion.get(version)!, player, player),
      );
      return assigned ? [{ ...assigned, player }] : [];
    });
  }

  /**
   * Keeps the decision with the bills that hold it, and tells of players who qualify for the first time.
   * @param billIdOf the bill that pays for a period's players
   */
  async keep(
    tx: Tx,
    scope: QualificationScope,
    qualified: readonly QualifiedPlayer[],
    billIdOf: (periodStart: Date) => string | null,
  ): Promise<void> {
    const from = scope.periods[0]!.start;
    await revokeOthers(tx, scope, from, qualified, this.clock.now());
    if (qualified.length === 0) return;
    const rows = qualified.map(({ player, periodStart, at }) => ({
      player_id: player.playerId,
      campaign_id: player.campaignId,
      promo_id: player.promoId,
      period_start: periodStart.toISOString(),
      qualified_at: at.toISOString(),
      bill_id: billIdOf(periodStart),
    }));
    // A row that was there already is updated, not inserted: xmax is zero for new rows only.
    const kept = await tx.query<{ player_id: string; is_new: boolean }[]>(
      `INSERT INTO player_qualifications AS known
              (plan_id, player_id, partner_id, campaign_id, promo_id, period_start, qualified_at, bill_id)
       SELECT $2, player_id, $3, campaign_id, promo_id, period_start, qualified_at, bill_id
         FROM json_to_recordset($1) AS player (player_id uuid, campaign_id uuid, promo_id uuid,
              period_start timestamptz, qualified_at timestamptz, bill_id uuid)
        ORDER BY player_id
       ON CONFLICT (plan_id, player_id) DO UPDATE
          SET period_start = excluded.period_start, qualified_at = excluded.qualified_at, revoked_at = NULL
       RETURNING player_id, xmax = 0 AS is_new`,
      [JSON.stringify(rows), scope.planId, scope.partnerId],
    );
    const fresh = new Set(kept.filter((row) => row.is_new).map((row) => row.player_id));
    await this.tell(
      tx,
      scope,
      qualified.filter(({ player }) => fresh.has(player.playerId)),
    );
  }

  private async tell(tx: Tx, scope: QualificationScope, fresh: readonly QualifiedPlayer[]): Promise<void> {
    if (fresh.length === 0) return;
    const event: PlayersQualified = {
      brandId: scope.brandId,
      actions: fresh.map((qualified) => toAction(scope, qualified)),
    };
    await this.outbox.publish(tx, PLAYERS_QUALIFIED, event);
  }
}

function toAction(
  { partnerId, planId, currency, periods, termsByVersion }: QualificationScope,
  { player, at, periodStart, strategyIndex }: QualifiedPlayer,
): QualificationAction {
  const version = periods.find(({ start }) => start.getTime() === periodStart.getTime())!.version;
  const strategy = termsByVersion.get(version)!.strategies[strategyIndex];
  return {
    eventId: uuidV5(`qualification:${planId}:${player.playerId}`, EVENT_NAMESPACE),
    action: 'qualification',
    partnerId,
    campaignId: player.campaignId,
    promoId: player.promoId,
    playerId: player.playerId,
    playerExternalId: player.externalId,
    visitId: player.visitId,
    occurredAt: at.toISOString(),
    amountMinor: strategy?.type === 'cpa' ? strategy.amountMinor.toString() : '0',
    currency,
    country: player.country,
    query: player.query,
  };
}

/** Those of the players whom an earlier period has paid for. */
async function findSettled(
  tx: Tx,
  planId: string,
  before: Date,
  players: readonly PlayerToQualify[],
): Promise<Set<string>> {
  const rows = await tx.query<{ player_id: string }[]>(
    `SELECT player_id FROM player_qualifications
      WHERE plan_id = $1 AND period_start < $2 AND revoked_at IS NULL AND player_id = ANY($3)`,
    [planId, before, players.map(({ playerId }) => playerId)],
  );
  return new Set(rows.map((row) => row.player_id));
}

async function revokeOthers(
  tx: Tx,
  { planId, partnerId }: QualificationScope,
  from: Date,
  qualified: readonly QualifiedPlayer[],
  now: Date,
): Promise<void> {
  await tx.query(
    `UPDATE player_qualifications SET revoked_at = $5
      WHERE partner_id = $1 AND plan_id = $2 AND period_start >= $3 AND revoked_at IS NULL
        AND player_id <> ALL($4)`,
    [partnerId, planId, from, qualified.map(({ player }) => player.playerId), now],
  );
}
