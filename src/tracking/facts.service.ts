import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { type Suspension, SuspensionBook } from '../partner-management/index.js';
import type { Tx } from '../platform/index.js';
import { type CampaignScope, inScope } from './campaign-scope.js';
import { type FactChange, markChanges } from './batch-log.js';
import { type ChangedFactsQuery, ChangedFactsView, type ChangedPartner } from './changed-facts.js';
import { fraudulentSql } from './fraud/fraudulent-sql.js';

/** A partner's time on a plan: from the start of a period to the end of a later one. */
export interface PartnerSpan {
  readonly partnerId: string;
  readonly from: Date;
  /** Exclusive. */
  readonly to: Date;
}

/** A player with everything that the decision on a qualification looks at; amounts in minor units. */
export interface PlayerToQualify {
  readonly playerId: string;
  /** The brand's id of the player. */
  readonly externalId: string;
  readonly partnerId: string;
  readonly campaignId: string;
  readonly promoId: string;
  readonly country: string | null;
  readonly signedUpAt: Date;
  readonly duplicate: boolean;
  readonly selfExcluded: boolean;
  readonly disabled: boolean;
  readonly fraudulent: boolean;
  /** Paid for by the program that it was imported from. */
  readonly settled: boolean;
  /** When its partner was suspended: nothing that is met then is paid for. */
  readonly suspensions: readonly Suspension[];
  readonly deposits: readonly { readonly at: Date; readonly amountMinor: bigint }[];
  readonly activity: readonly { readonly at: Date; readonly betsMinor: bigint }[];
}

/** How a player is known to the brand and came to it. */
export interface PlayerOrigin {
  readonly partnerId: string;
  readonly campaignId: string;
  readonly promoId: string;
  readonly externalId: string;
  /** Null when a promo code brought the player. */
  readonly visitId: string | null;
  readonly country: string | null;
  /** The query that the player's visit carried. */
  readonly query: Record<string, string>;
}

interface PlayerRow {
  id: string;
  external_id: string;
  partner_id: string;
  campaign_id: string;
  promo_id: string;
  country: string | null;
  signed_up_at: Date;
  duplicate: boolean;
  self_excluded: boolean;
  disabled: boolean;
  fraudulent: boolean;
  settled: boolean;
}

/** What a qualification may depend on. */
export interface QualifyingEvents {
  readonly deposits: boolean;
  readonly wager: boolean;
  /** Players whose deposits come to less, in minor units, are left out. */
  readonly depositsAtLeastMinor: bigint;
}

/** The tracked facts as billing reads them, and the list of what has changed since it last did. */
@Injectable()
export class FactsService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly suspensions: SuspensionBook,
  ) {}

  /** How many partners have facts on the plan that changed at instants before `before`. */
  async countPartnersWithChanges(planId: string, before: Date): Promise<number> {
    const [{ partners }] = await this.dataSource.query<[{ partners: number }]>(
      `SELECT count(DISTINCT c.partner_id)::int AS partners FROM campaigns c
        WHERE c.commission_plan_id = $1
          AND EXISTS (SELECT FROM fact_changes f WHERE f.campaign_id = c.id AND f.occurred_at < $2)`,
      [planId, before],
    );
    return partners;
  }

  /** Whether the partner has facts on the plan that changed at instants before `before`, and nobody has billed them. */
  async hasChanges(
    db: Tx,
    { partnerId, planId, before }: { partnerId: string; planId: string; before: Date },
  ): Promise<boolean> {
    const [{ changed }] = await db.query<[{ changed: boolean }]>(
      `SELECT EXISTS (SELECT FROM campaigns c JOIN fact_changes f ON f.campaign_id = c.id
                       WHERE c.partner_id = $1 AND c.commission_plan_id = $2 AND f.occurred_at < $3) AS changed`,
      [partnerId, planId, before],
    );
    return changed;
  }

  /** Everything that changed on the plan, as it stands now. */
  changes(query: ChangedFactsQuery): Promise<ChangedFactsView> {
    return ChangedFactsView.open(this.dataSource, query);
  }

  /**
   * Those of the partners of whom nobody has taken a change off the list since it was seen. Call it under a lock that
   * keeps others from taking changes of these partners.
   */
  async unclaimed<T extends ChangedPartner>(tx: Tx, partners: readonly T[]): Promise<T[]> {
    const rows = await tx.query<{ partner_id: string }[]>(
      `SELECT seen.partner_id FROM ${SEEN} LEFT JOIN fact_changes f ON f.id = seen.id
        GROUP BY seen.partner_id HAVING count(f.id) = count(*)`,
      seen(partners),
    );
    const whole = new Set(rows.map((row) => row.partner_id));
    return partners.filter(({ partnerId }) => whole.has(partnerId));
  }

  /** Puts the campaigns on the list: what their partners are paid for the period of that instant may have changed. */
  async markChanged(tx: Tx, changes: readonly FactChange[]): Promise<void> {
    await markChanges(tx, changes);
  }

  /** Takes the changes that were seen off the list, with the transaction; those that came since stay. */
  async claim(tx: Tx, partners: readonly ChangedPartner[]): Promise<void> {
    await tx.query(`DELETE FROM fact_changes f USING ${SEEN} WHERE f.id = seen.id`, seen(partners));
  }

  /**
   * Players of the partners on the scope's campaigns who may have reached a qualification in their partner's span, with
   * all their facts before its end. Whoever signed up in that time is among them, and whoever did one of the given things in it.
   * What happened while the partner was suspended is among the facts: it decides when the criteria were met.
   */
  async playersForQualification(
    db: Tx,
    scope: CampaignScope,
    spans: readonly PartnerSpan[],
    looksAt: QualifyingEvents,
  ): Promise<PlayerToQualify[]> {
    const { condition, value } = inScope(scope);
    const parameters = [
      value,
      spans.map(({ partnerId }) => partnerId),
      spans.map(({ from }) => from),
      spans.map(({ to }) => to),
      looksAt.depositsAtLeastMinor.toString(),
    ];
    const players = await db.query<PlayerRow[]>(playersSql(looksAt, condition), parameters);
    const ends = new Map(spans.map(({ partnerId, to }) => [partnerId, to]));
    return this.withFacts(
      db,
      players,
      players.map(({ partner_id: partnerId }) => ends.get(partnerId)!),
      looksAt,
    );
  }

  /** Players with their facts before an instant. */
  async playersById(
    db: Tx,
    playerIds: readonly string[],
    before: Date,
    looksAt: QualifyingEvents,
  ): Promise<PlayerToQualify[]> {
    const players = await db.query<PlayerRow[]>(
      `SELECT ${PLAYER_COLUMNS} FROM players p WHERE p.id = ANY($1)`,
      [playerIds],
    );
    return this.withFacts(
      db,
      players,
      players.map(() => before),
      looksAt,
    );
  }

  /** @param until up to when facts count, of each player */
  private async withFacts(
    db: Tx,
    players: readonly PlayerRow[],
    until: readonly Date[],
    looksAt: QualifyingEvents,
  ): Promise<PlayerToQualify[]> {
    const ids = players.map(({ id }) => id);
    const partnerIds = [...new Set(players.map((row) => row.partner_id))];
    const suspensions = await this.suspensions.spans(db, partnerIds);
    const deposits = looksAt.deposits ? await depositsOf(db, ids, until) : null;
    const activity = looksAt.wager ? await betsOf(db, ids, until) : null;
    return players.map((row) => ({
      playerId: row.id,
      externalId: row.external_id,
      partnerId: row.partner_id,
      campaignId: row.campaign_id,
      promoId: row.promo_id,
      country: row.country,
      signedUpAt: row.signed_up_at,
      duplicate: row.duplicate,
      selfExcluded: row.self_excluded,
      disabled: row.disabled,
      fraudulent: row.fraudulent,
      settled: row.settled,
      suspensions: suspensions.get(row.partner_id) ?? [],
      deposits: deposits?.get(row.id) ?? [],
      activity: activity?.get(row.id) ?? [],
    }));
  }

  /** How the players are known to their brand and came to it, by id. */
  async originsOf(db: Tx, playerIds: readonly string[]): Promise<Map<string, PlayerOrigin>> {
    const rows = await db.query<(PlayerOrigin & { id: string })[]>(
      `SELECT id, partner_id AS "partnerId", campaign_id AS "campaignId", promo_id AS "promoId",
              external_id AS "externalId", visit_id AS "visitId", country, query
         FROM players WHERE id = ANY($1)`,
      [playerIds],
    );
    return new Map(rows.map(({ id, ...origin }) => [id, origin]));
  }
}

const SEEN = 'unnest($1::uuid[], $2::bigint[]) AS seen (partner_id, id)';

function seen(partners: readonly ChangedPartner[]): [string[], string[]] {
  return [
    partners.flatMap(({ partnerId, changeIds }) => changeIds.map(() => partnerId)),
    partners.flatMap(({ changeIds }) => changeIds),
  ];
}

const PLAYER_COLUMNS = `p.id, p.external_id, p.partner_id, p.campaign_id, p.promo_id, p.country, p.signed_up_at,
  p.duplicate, p.self_excluded, p.disabled, p.settled, ${fraudulentSql('p.partner_id', 'p.id')} AS fraudulent`;

function playersSql(looksAt: QualifyingEvents, condition: string): string {
  return `
    WITH span AS MATERIALIZED (SELECT * FROM unnest($2::uuid[], $3::timestamptz[], $4::timestamptz[])
                                 AS span (partner_id, start_at, end_at)),
         acted AS (${actedSql(looksAt)}),
         able AS MATERIALIZED (
           SELECT id FROM acted
            WHERE $5::numeric = 0
               OR (SELECT sum(amount_minor) FROM deposits d WHERE d.player_id = acted.id) >= $5)
    SELECT ${PLAYER_COLUMNS}
      FROM able CROSS JOIN LATERAL (SELECT * FROM players WHERE id = able.id OFFSET 0) AS p
      JOIN campaigns c ON c.id = p.campaign_id AND ${condition}
     ORDER BY p.id`;
}

function actedSql({ deposits, wager }: QualifyingEvents): string {
  const inSpan = (time: string): string =>
    `e.partner_id = span.partner_id AND ${time} >= start_at AND ${time} < end_at`;
  const parts = [`SELECT e.id FROM span JOIN players e ON ${inSpan('e.signed_up_at')}`];
  if (deposits) parts.push(`SELECT e.player_id FROM span JOIN deposits e ON ${inSpan('e.processed_at')}`);
  if (wager)
    parts.push(`SELECT e.player_id FROM span JOIN player_activity e ON ${inSpan('e.interval_from')}`);
  return parts.join(' UNION ');
}

/** Player by player, by the table's index: the planner would read a whole table through for a batch of players. */
function eventsOf(columns: string, table: 'deposits' | 'player_activity', time: string): string {
  return `unnest($1::uuid[], $2::timestamptz[]) AS player (id, end_at)
    CROSS JOIN LATERAL (SELECT player_id, ${time} AS at, ${columns} FROM ${table}
                         WHERE player_id = player.id AND ${time} < player.end_at OFFSET 0) AS event`;
}

/** Deposits of the players before the instant given with each, by player. */
export async function depositsOf(
  db: Tx,
  playerIds: readonly string[],
  until: readonly Date[],
): Promise<Map<string, { at: Date; amountMinor: bigint }[]>> {
  const rows = await db.query<{ player_id: string; at: Date; amount: string }[]>(
    `SELECT player_id, at, amount_minor AS amount FROM ${eventsOf('amount_minor', 'deposits', 'processed_at')}`,
    [playerIds, until],
  );
  return byPlayer(rows, ({ at, amount }) => ({ at, amountMinor: BigInt(amount) }));
}

/** Bets of the players in intervals that begin before the instant given with each, by player. */
export async function betsOf(
  db: Tx,
  playerIds: readonly string[],
  until: readonly Date[],
): Promise<Map<string, { at: Date; betsMinor: bigint }[]>> {
  const rows = await db.query<{ player_id: string; at: Date; bets: string }[]>(
    `SELECT player_id, at, bets_sum AS bets FROM ${eventsOf('bets_sum', 'player_activity', 'interval_from')}
      WHERE bets_sum <> 0`,
    [playerIds, until],
  );
  return byPlayer(rows, ({ at, bets }) => ({ at, betsMinor: BigInt(bets) }));
}

function byPlayer<Row extends { player_id: string }, T>(
  rows: readonly Row[],
  map: (row: Row) => T,
): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const row of rows) {
    const group = groups.get(row.player_id);
    if (group) group.push(map(row));
    else groups.set(row.player_id, [map(row)]);
  }
  return groups;
}
