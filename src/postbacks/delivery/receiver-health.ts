import { Injectable } from '@nestjs/common';
import { Clock, type Tx } from '../../platform/index.js';
import { afterAttempt, type FailureStreak, judge, type StreakVerdict } from '../domain/failure-streak.js';
import { sameAddress } from '../domain/url-parts.js';
import { type FailingReceiver, ReceiverNews } from '../receiver-news.service.js';
import { type Attempt, isGone, succeeded } from './attempt.js';
import { type Receiver, receiverOf } from './due-deliveries.js';

interface HealthRow extends Omit<FailingReceiver, 'kind'> {
  warnedAt: Date | null;
}

interface KindOfReceiver {
  readonly table: string;
  /** Of deliveries. */
  readonly column: string;
  /** Whose the receivers are, and what mails call them. */
  readonly columns: string;
}

const KINDS: Readonly<Record<Receiver['kind'], KindOfReceiver>> = {
  postback: {
    table: 'postbacks',
    column: 'postback_id',
    columns: `partner_id AS "partnerId", NULL AS "brandId", 'for ' || action AS label`,
  },
  webhook: {
    table: 'webhook_endpoints',
    column: 'webhook_id',
    columns: `partner_id AS "partnerId", brand_id AS "brandId", description AS label`,
  },
};

/** Counts failures in a row, and disables postbacks and webhooks that are gone or fail for too long (rule 5.3). */
@Injectable()
export class ReceiverHealth {
  constructor(
    private readonly news: ReceiverNews,
    private readonly clock: Clock,
  ) {}

  /**
   * Takes note of attempts, in their order; returns the receivers that were disabled. Neither test-fires count nor what
   * went to an address that the receiver has left.
   */
  async note(tx: Tx, attempts: readonly Attempt[]): Promise<ReadonlySet<string>> {
    const counted = attempts.filter(({ delivery }) => delivery.kind !== 'test');
    const byKind = Map.groupBy(counted, ({ delivery }) => receiverOf(delivery).kind);
    const disabled = new Set<string>();
    for (const kind of ['postback', 'webhook'] as const) {
      const byReceiver = Map.groupBy(byKind.get(kind) ?? [], ({ delivery }) => receiverOf(delivery).id);
      for (const row of await lockAffected(tx, kind, byReceiver)) {
        const present = byReceiver.get(row.id)!.filter(({ delivery }) => sameAddress(delivery.url, row.url));
        if (present.length === 0) continue;
        const verdict = await this.apply(tx, { ...row, kind }, present);
        if (verdict === 'disable') disabled.add(row.id);
      }
    }
    return disabled;
  }

  private async apply(
    tx: Tx,
    row: HealthRow & FailingReceiver,
    attempts: readonly Attempt[],
  ): Promise<StreakVerdict> {
    const streak = attempts.reduce<FailureStreak>(
      (before, attempt) => afterAttempt(before, succeeded(attempt), attempt.endedAt),
      { failures: row.failures, since: row.since },
    );
    const gone = attempts.some(isGone);
    const verdict = gone ? 'disable' : judge(streak, attempts.at(-1)!.endedAt);
    const warn = verdict === 'warn' && row.warnedAt === null;
    await tx.query(
      `UPDATE ${KINDS[row.kind].table} SET failures = $2, failing_since = $3, warned_at = $4 WHERE id = $1`,
      [row.id, streak.failures, streak.since, warn ? this.clock.now() : streak.since && row.warnedAt],
    );
    if (warn) await this.news.warn(tx, { ...row, ...streak });
    if (verdict === 'disable') await this.disable(tx, { ...row, ...streak }, gone ? 'gone' : 'failing');
    return verdict;
  }

  private async disable(tx: Tx, row: FailingReceiver, reason: 'gone' | 'failing'): Promise<void> {
    const now = this.clock.now();
    await tx.query(
      `UPDATE ${KINDS[row.kind].table} SET state = 'disabled', disabled_reason = $2, disabled_at = $3
        WHERE id = $1 AND state = 'active'`,
      [row.id, reason, now],
    );
    await cancelDeliveries(tx, row, now);
    await this.news.disabled(tx, row, reason);
  }
}

/** Locks the receivers whose health changes: those that failed now, or had failed before. */
async function lockAffected(
  tx: Tx,
  kind: Receiver['kind'],
  byReceiver: ReadonlyMap<string, readonly Attempt[]>,
): Promise<HealthRow[]> {
  if (byReceiver.size === 0) return [];
  const failed = [...byReceiver].filter(([, attempts]) => !attempts.every(succeeded)).map(([id]) => id);
  const { table, columns } = KINDS[kind];
  return tx.query<HealthRow[]>(
    `SELECT id, ${columns}, url, failures, failing_since AS since, warned_at AS "warnedAt"
       FROM ${table} WHERE id = ANY ($1) AND state = 'active' AND (failures > 0 OR id = ANY ($2))
      ORDER BY id FOR NO KEY UPDATE`,
    [[...byReceiver.keys()], failed],
  );
}

/** Cancels everything that waits for a receiver that is disabled or deleted. */
export async function cancelDeliveries(tx: Tx, { kind, id }: Receiver, now: Date): Promise<void> {
  await tx.query(
    `WITH taken AS (DELETE FROM postback_queue WHERE ${KINDS[kind].column} = $1 RETURNING delivery_id)
     UPDATE postback_deliveries d SET given_up = 'cancelled', given_up_at = $2
       FROM taken WHERE d.id = taken.delivery_id`,
    [id, now],
  );
}
