import { Injectable } from '@nestjs/common';
import type { DataSource, EntityManager } from 'typeorm';

type Db = EntityManager | DataSource;

/** An open or confirmed signal, by what payments for its subject may have to wait for. */
export interface SignalUnderReview {
  readonly id: string;
  readonly rule: string;
  readonly state: 'open' | 'confirmed';
  readonly promoId: string;
  /** Whom or what it is about; both null when it is about the promo. */
  readonly playerId: string | null;
  readonly orderId: string | null;
  readonly occurredAt: Date;
}

/** A span of time, half-open. */
interface Span {
  readonly start: Date;
  readonly end: Date;
}

/** Which players and promos are under suspicion, for the rooms that pay for them. */
@Injectable()
export class FraudReview {
  /** Those of the partners of whom a signal waits for a decision. */
  async withOpenSignals(db: Db, partnerIds: readonly string[]): Promise<string[]> {
    const rows = await db.query<{ partnerId: string }[]>(
      `SELECT DISTINCT partner_id AS "partnerId" FROM fraud_signals
        WHERE partner_id = ANY($1) AND state = 'open' ORDER BY 1`,
      [partnerIds],
    );
    return rows.map(({ partnerId }) => partnerId);
  }

  /**
   * Signals of the partner that are open or confirmed, in the order they were raised; of orders those that are approved,
   * which alone are paid for, with the time at which they were ordered by all reports.
   */
  async signalsOf(db: Db, partnerId: string): Promise<SignalUnderReview[]> {
    return db.query<SignalUnderReview[]>(
      `SELECT s.id, s.rule, s.state, s.promo_id AS "promoId", s.player_id AS "playerId", s.order_id AS "orderId",
              coalesce(o.ordered_at, s.occurred_at) AS "occurredAt"
         FROM fraud_signals s LEFT JOIN orders o ON o.id = s.order_id
        WHERE s.partner_id = $1 AND s.state IN ('open', 'confirmed') AND coalesce(o.status, 'approved') = 'approved'
        ORDER BY s.id`,
      [partnerId],
    );
  }

  /** Which of the players have activity in each of the spans, in their order. */
  async activePlayers(
    db: Db,
    playerIds: readonly string[],
    spans: readonly Span[],
  ): Promise<ReadonlySet<string>[]> {
    const rows = await db.query<{ span: number; playerId: string }[]>(
      `SELECT s.ord::int AS span, p.id AS "playerId"
         FROM unnest($2::timestamptz[], $3::timestamptz[]) WITH ORDINALITY AS s (start_at, end_at, ord),
              unnest($1::uuid[]) AS p (id)
        WHERE EXISTS (SELECT FROM player_activity a WHERE a.player_id = p.id
                         AND a.interval_from >= s.start_at AND a.interval_from < s.end_at)`,
      [playerIds, spans.map(({ start }) => start), spans.map(({ end }) => end)],
    );
    const active = spans.map(() => new Set<string>());
    for (const { span, playerId } of rows) active[span - 1]!.add(playerId);
    return active;
  }
}
