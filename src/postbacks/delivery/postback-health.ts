import { Injectable } from '@nestjs/common';
import { PartnerMails } from '../../identity/index.js';
import { Clock, type Tx } from '../../platform/index.js';
import { afterAttempt, type FailureStreak, judge, type StreakVerdict } from '../domain/failure-streak.js';
import { disabledMail, type FailingPostback, warningMail } from '../postback-mails.js';
import { type Attempt, isGone, succeeded } from './attempt.js';

interface HealthRow extends FailingPostback {
  partnerId: string;
  warnedAt: Date | null;
}

/** Counts failures in a row, and disables postbacks that are gone or fail for too long (rule 5.3). */
@Injectable()
export class PostbackHealth {
  constructor(
    private readonly mails: PartnerMails,
    private readonly clock: Clock,
  ) {}

  /** Takes note of attempts, in their order; returns the postbacks that were disabled. Test-fires do not count. */
  async note(tx: Tx, attempts: readonly Attempt[]): Promise<ReadonlySet<string>> {
    const counted = Map.groupBy(
      attempts.filter(({ delivery }) => delivery.kind !== 'test'),
      ({ delivery }) => delivery.postbackId,
    );
    const disabled = new Set<string>();
    for (const row of await this.lockAffected(tx, counted)) {
      const verdict = await this.apply(tx, row, counted.get(row.id)!);
      if (verdict === 'disable') disabled.add(row.id);
    }
    return disabled;
  }

  /** Locks the postbacks whose health changes: those that failed now, or had failed before. */
  private lockAffected(tx: Tx, counted: ReadonlyMap<string, readonly Attempt[]>): Promise<HealthRow[]> {
    const failed = [...counted].filter(([, attempts]) => !attempts.every(succeeded)).map(([id]) => id);
    return tx.query<HealthRow[]>(
      `SELECT id, partner_id AS "partnerId", url, action, failures, failing_since AS since, warned_at AS "warnedAt"
         FROM postbacks WHERE id = ANY ($1) AND state = 'active' AND (failures > 0 OR id = ANY ($2))
        ORDER BY id FOR NO KEY UPDATE`,
      [[...counted.keys()], failed],
    );
  }

  private async apply(tx: Tx, row: HealthRow, attempts: readonly Attempt[]): Promise<StreakVerdict> {
    const streak = attempts.reduce<FailureStreak>(
      (before, attempt) => afterAttempt(before, succeeded(attempt), attempt.endedAt),
      { failures: row.failures, since: row.since },
    );
    const gone = attempts.some(isGone);
    const verdict = gone ? 'disable' : judge(streak, attempts.at(-1)!.endedAt);
    const warn = verdict === 'warn' && row.warnedAt === null;
    await tx.query(`UPDATE postbacks SET failures = $2, failing_since = $3, warned_at = $4 WHERE id = $1`, [
      row.id,
      streak.failures,
      streak.since,
      warn ? this.clock.now() : streak.since && row.warnedAt,
    ]);
    if (warn) await this.mails.send(tx, row.partnerId, 'postbacks', warningMail({ ...row, ...streak }));
    if (verdict === 'disable') await this.disable(tx, { ...row, ...streak }, gone ? 'gone' : 'failing');
    return verdict;
  }

  private async disable(tx: Tx, row: HealthRow, reason: 'gone' | 'failing'): Promise<void> {
    const now = this.clock.now();
    await tx.query(
      `UPDATE postbacks SET state = 'disabled', disabled_reason = $2, disabled_at = $3
        WHERE id = $1 AND state = 'active'`,
      [row.id, reason, now],
    );
    await cancelDeliveries(tx, row.id, now);
    await this.mails.send(tx, row.partnerId, 'postbacks', disabledMail(row, reason));
  }
}

/** Cancels everything that waits for a postback that is disabled. */
export async function cancelDeliveries(tx: Tx, postbackId: string, now: Date): Promise<void> {
  await tx.query(
    `UPDATE postback_deliveries SET state = 'cancelled', finished_at = $2
      WHERE postback_id = $1 AND state = 'pending'`,
    [postbackId, now],
  );
}
