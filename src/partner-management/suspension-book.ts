import { Injectable } from '@nestjs/common';
import type { DataSource, EntityManager } from 'typeorm';
import type { ActingUser } from '../identity/index.js';
import { Clock, Ids, type Tx } from '../platform/index.js';
import type { SuspensionDto } from './suspensions.dto.js';

/** A time in which a partner earns nothing. */
export interface Suspension {
  readonly from: Date;
  /** Exclusive; null while it lasts. */
  readonly until: Date | null;
}

/**
 * SQL of whether a partner was suspended at an instant, and earned nothing therefore.
 * @param partnerId SQL of the partner's id; trusted text, as is `at`, SQL of the instant
 */
export function suspendedSql(partnerId: string, at: string): string {
  return `EXISTS (SELECT FROM partner_suspensions suspension
                   WHERE suspension.partner_id = ${partnerId} AND suspension.suspended_at <= ${at}
                     AND (suspension.reactivated_at IS NULL OR suspension.reactivated_at > ${at}))`;
}

/** When partners were suspended. A suspension never changes but for its end; no two of a partner overlap. */
@Injectable()
export class SuspensionBook {
  constructor(
    private readonly ids: Ids,
    private readonly clock: Clock,
  ) {}

  /** Begins a suspension of a partner, whose row the caller has locked; one is not running. */
  async begin(tx: Tx, actor: ActingUser, partnerId: string, reason: string): Promise<void> {
    // Clocks of several machines differ a little: one suspension begins when the last one is over.
    await tx.query(
      `INSERT INTO partner_suspensions (id, partner_id, reason, suspended_at, suspended_by)
       SELECT $1, $2, $3, greatest($4::timestamptz, max(reactivated_at)), $5
         FROM partner_suspensions WHERE partner_id = $2`,
      [this.ids.next(), partnerId, reason, this.clock.now(), actor.userId],
    );
  }

  /** Ends the partner's suspension. */
  async end(tx: Tx, actor: ActingUser, partnerId: string): Promise<void> {
    await tx.query(
      `UPDATE partner_suspensions SET reactivated_at = greatest($2::timestamptz, suspended_at), reactivated_by = $3
        WHERE partner_id = $1 AND reactivated_at IS NULL`,
      [partnerId, this.clock.now(), actor.userId],
    );
  }

  /** The partner's suspensions, newest first. */
  list(db: EntityManager | DataSource, partnerId: string): Promise<SuspensionDto[]> {
    return db.query<SuspensionDto[]>(
      `SELECT id, reason, suspended_at AS "from", reactivated_at AS "until", suspended_by AS "suspendedBy",
              reactivated_by AS "reactivatedBy"
         FROM partner_suspensions WHERE partner_id = $1 ORDER BY suspended_at DESC, id DESC`,
      [partnerId],
    );
  }

  /** When the partners were suspended, by partner; those who never were are left out. */
  async spans(db: EntityManager, partnerIds: readonly string[]): Promise<Map<string, Suspension[]>> {
    const rows = await db.query<(Suspension & { partnerId: string })[]>(
      `SELECT partner_id AS "partnerId", suspended_at AS "from", reactivated_at AS "until"
         FROM partner_suspensions WHERE partner_id = ANY($1) ORDER BY suspended_at`,
      [partnerIds],
    );
    return Map.groupBy(rows, ({ partnerId }) => partnerId);
  }
}
