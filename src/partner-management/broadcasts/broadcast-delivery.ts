import type { Tx } from '../../platform/index.js';
import { optedOutSql } from '../channels/opt-outs.service.js';
import type { BroadcastState } from './domain/broadcast-state.js';

/** SQL of recipients `r` of broadcasts `b`: the person `u`, and `f` where it follows the channel. */
export const RECIPIENTS = `
  broadcast_recipients r
  JOIN broadcasts b ON b.id = r.broadcast_id
  JOIN end_users u ON u.id = r.end_user_id
  LEFT JOIN channel_followers f ON f.end_user_id = u.id AND f.channel_id = b.channel_id`;

/** SQL of whether one of {@link RECIPIENTS} may get the broadcast: nobody who unsubscribed, was removed or forgotten. */
export const WANTED = `(
  u.email IS NOT NULL AND NOT ${optedOutSql('u.mailbox_hash', 'b.channel_id')}
  AND (f.id IS NOT NULL OR (b.audience = 'end_users' AND u.registered_at IS NOT NULL)))`;

/** Of a broadcast that goes on, or that has handed over all its mails. */
const GOES_ON = `(b.state IN ('sending', 'sent') AND p.state = 'active')`;

/**
 * Whether a mail that waited for the mail server shall still go out. One whose reader is not wanted any more is skipped;
 * one of a broadcast that was stopped waits with the others, should the broadcast go on.
 */
export async function isStillWanted(tx: Tx, id: string, endUserId: string): Promise<boolean> {
  const seen = await findRecipient(tx, id, endUserId);
  // It was put back before, or its broadcast was erased.
  if (!seen) return false;
  if (seen.wanted && seen.goesOn) return true;
  // What holds by now, and nobody changes: it may have been resumed and come to its end meanwhile.
  const state = await hold(tx, id);
  const recipient = await findRecipient(tx, id, endUserId);
  if (!recipient) return false;
  const { wanted, goesOn } = recipient;
  if (wanted && goesOn) return true;
  // A broadcast that is through comes back to nobody.
  const becomes = wanted && state !== 'sent' ? 'waiting' : 'skipped';
  const [, count] = await tx.query<[unknown[], number]>(
    `UPDATE broadcast_recipients SET state = $3, done_at = CASE WHEN $3 <> 'waiting' THEN done_at END
      WHERE broadcast_id = $1 AND end_user_id = $2 AND state = 'sent'`,
    [id, endUserId, becomes],
  );
  await tx.query('UPDATE broadcasts SET sent = sent - $2, skipped = skipped + $3 WHERE id = $1', [
    id,
    count,
    becomes === 'skipped' ? count : 0,
  ]);
  return false;
}

/** The recipient whose mail was handed over, and whether its broadcast goes on. */
async function findRecipient(
  tx: Tx,
  id: string,
  endUserId: string,
): Promise<{ wanted: boolean; goesOn: boolean } | undefined> {
  const [recipient] = await tx.query<{ wanted: boolean; goesOn: boolean }[]>(
    `SELECT ${WANTED} AS wanted, ${GOES_ON} AS "goesOn"
       FROM ${RECIPIENTS} JOIN partners p ON p.id = b.partner_id
      WHERE r.broadcast_id = $1 AND r.end_user_id = $2 AND r.state = 'sent'`,
    [id, endUserId],
  );
  return recipient;
}

/** The mail server of one recipient refused the mail for good. */
export async function noteRefusal(tx: Tx, id: string, endUserId: string): Promise<void> {
  await hold(tx, id);
  const [, count] = await tx.query<[unknown[], number]>(
    `UPDATE broadcast_recipients SET state = 'failed' WHERE broadcast_id = $1 AND end_user_id = $2 AND state = 'sent'`,
    [id, endUserId],
  );
  await tx.query('UPDATE broadcasts SET sent = sent - $2, failed = failed + $2 WHERE id = $1', [id, count]);
}

/** Holds the broadcast's counts until the transaction ends. */
async function hold(tx: Tx, id: string): Promise<BroadcastState | undefined> {
  const [broadcast] = await tx.query<{ state: BroadcastState }[]>(
    'SELECT state FROM broadcasts WHERE id = $1 FOR NO KEY UPDATE',
    [id],
  );
  return broadcast?.state;
}
