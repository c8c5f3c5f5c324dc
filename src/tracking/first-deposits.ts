import type { Tx } from '../platform/index.js';

/** A player's first deposit, where the player had none before. */
export interface FirstDeposit {
  readonly playerId: string;
  readonly depositId: string;
}

/**
 * Of deposits at one instant the largest comes first, so that the order of arrival does not matter; one of nothing is no
 * deposit.
 */
const FIRST = `
  SELECT DISTINCT ON (player_id) player_id, external_id, amount_minor, currency, processed_at
    FROM deposits WHERE player_id = ANY($1) AND amount_minor > 0
   ORDER BY player_id, processed_at, amount_minor DESC, external_id`;

/**
 * Makes players and deposits say which deposit was each player's first by time. The players must be locked.
 * @param now when those who had none are reported with one
 * @returns the first deposits of the players who had none
 */
export async function settleFirstDeposits(
  tx: Tx,
  playerIds: readonly string[],
  now: Date,
): Promise<FirstDeposit[]> {
  await tx.query(
    `UPDATE deposits d SET is_first = false
      WHERE d.player_id = ANY($1) AND d.is_first
        AND (d.player_id, d.external_id) NOT IN (SELECT player_id, external_id FROM (${FIRST}) AS first)`,
    [playerIds],
  );
  await tx.query(
    `UPDATE deposits d SET is_first = true FROM (${FIRST}) AS first
      WHERE d.player_id = first.player_id AND d.external_id = first.external_id AND NOT d.is_first`,
    [playerIds],
  );
  const [rows] = await tx.query<
    [{ player_id: string; deposit_id: string | null; had_none: boolean }[], number]
  >(
    `UPDATE players p
        SET first_deposit_at = first.processed_at, first_deposit_minor = first.amount_minor,
            first_deposit_currency = first.currency,
            first_deposit_reported_at = CASE
              WHEN first.processed_at IS NULL THEN NULL
              WHEN before.first_deposit_at IS NULL THEN $2::timestamptz
              ELSE p.first_deposit_reported_at END
       FROM (SELECT id, first_deposit_at FROM players WHERE id = ANY($1)) AS before
       LEFT JOIN (${FIRST}) AS first ON first.player_id = before.id
      WHERE p.id = before.id AND (p.first_deposit_at IS DISTINCT FROM first.processed_at
            OR p.first_deposit_minor IS DISTINCT FROM first.amount_minor)
     RETURNING p.id AS player_id, first.external_id AS deposit_id, before.first_deposit_at IS NULL AS had_none`,
    [playerIds, now],
  );
  return rows.flatMap(({ player_id, deposit_id, had_none }) =>
    had_none && deposit_id !== null ? [{ playerId: player_id, depositId: deposit_id }] : [],
  );
}
