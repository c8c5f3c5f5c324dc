import { Injectable } from '@nestjs/common';
import type { DataSource } from 'typeorm';
import { type Actor, AuditLog } from '../identity/index.js';
import { Clock, notFound, type Tx } from '../platform/index.js';
import { describeMismatch, type Mismatch, Reconciliation } from './reconciliation.service.js';
import { walletNotClean } from './wallet.errors.js';

/** A wallet in which nothing moves. */
export interface WalletFreeze {
  ownerId: string;
  frozenAt: Date;
  reason: string;
}

const FREEZE_COLUMNS = 'owner_id AS "ownerId", frozen_at AS "frozenAt", reason';

/** Freezing wallets that do not reconcile, and releasing them (rule 1.6); `ledger_post` refuses what is frozen. */
@Injectable()
export class WalletFreezes {
  constructor(
    private readonly reconciliation: Reconciliation,
    private readonly auditLog: AuditLog,
    private readonly clock: Clock,
  ) {}

  /** Freezes every owner with a mismatch and gives those that were not frozen before; the house has no wallet. */
  async freeze(tx: Tx, mismatches: readonly Mismatch[]): Promise<string[]> {
    const faults = new Map<string, string[]>();
    for (const mismatch of mismatches) {
      if (mismatch.ownerId === null) continue;
      faults.set(mismatch.ownerId, [...(faults.get(mismatch.ownerId) ?? []), describeMismatch(mismatch)]);
    }
    if (faults.size === 0) return [];
    const owners = [...faults.keys()].sort();
    // As postings do: one that is under way ends first, and the next one sees the freeze.
    await tx.query('SELECT ledger_hold($1)', [owners]);
    const rows = await tx.query<{ ownerId: string }[]>(
      `INSERT INTO wallet_freezes (owner_id, reason, frozen_at)
       SELECT owner_id, reason, $3 FROM unnest($1::uuid[], $2::text[]) AS fault (owner_id, reason)
           ON CONFLICT (owner_id) DO UPDATE
          SET reason = excluded.reason, frozen_at = excluded.frozen_at,
              lifted_at = NULL, lifted_by = NULL, lift_comment = NULL
        WHERE wallet_freezes.lifted_at IS NOT NULL
       RETURNING owner_id AS "ownerId"`,
      [owners, owners.map((owner) => faults.get(owner)!.join('; ')), this.clock.now()],
    );
    return rows.map(({ ownerId }) => ownerId);
  }

  /** The wallets that are frozen now, in the order in which they were. */
  list(db: Tx | DataSource): Promise<WalletFreeze[]> {
    return db.query<WalletFreeze[]>(
      `SELECT ${FREEZE_COLUMNS} FROM wallet_freezes WHERE lifted_at IS NULL ORDER BY frozen_at, owner_id`,
    );
  }

  /**
   * Releases a wallet that reconciles again.
   * @throws DomainError NOT_FOUND when it is not frozen, WALLET_NOT_CLEAN (409)
   */
  async lift(tx: Tx, actor: Actor, ownerId: string, comment: string): Promise<WalletFreeze> {
    const [freeze] = await tx.query<WalletFreeze[]>(
      `SELECT ${FREEZE_COLUMNS} FROM wallet_freezes WHERE owner_id = $1 AND lifted_at IS NULL FOR UPDATE`,
      [ownerId],
    );
    if (!freeze) throw notFound('frozen wallet');
    const { mismatches } = await this.reconciliation.run(tx);
    const own = mismatches.filter((mismatch) => mismatch.ownerId === freeze.ownerId);
    if (own.length > 0) throw walletNotClean(own.map(describeMismatch));
    await tx.query(
      `UPDATE wallet_freezes SET lifted_at = $2, lifted_by = $3, lift_comment = $4 WHERE owner_id = $1`,
      [ownerId, this.clock.now(), actor.userId, comment],
    );
    await this.auditLog.record(tx, actor, {
      action: 'wallet.lift_freeze',
      subject: { type: 'wallet', id: freeze.ownerId },
      partnerId: freeze.ownerId,
      before: { frozenAt: freeze.frozenAt, reason: freeze.reason },
      after: { frozen: false, comment },
    });
    return freeze;
  }
}
