import { setLocally, type Tx } from '../../platform/index.js';
import { optedOutSql } from '../channels/opt-outs.service.js';
import type { Db } from './broadcast-rows.js';

/**
 * SQL of the people whom the broadcast `$1` is for now: who unsubscribed is left out. Of followers, the partner says
 * where they live and what they speak; of the users of the program's apps, the app does.
 */
const AUDIENCE = `
  SELECT b.id AS broadcast_id, person.id AS end_user_id
    FROM broadcasts b
    CROSS JOIN LATERAL (
      SELECT u.id, u.mailbox_hash,
             CASE WHEN b.audience = 'followers' THEN f.country ELSE coalesce(u.country, f.country) END AS country,
             CASE WHEN b.audience = 'followers' THEN f.language ELSE coalesce(u.language, f.language) END AS language
        FROM channel_followers f JOIN end_users u ON u.id = f.end_user_id WHERE f.channel_id = b.channel_id
      UNION ALL
      SELECT u.id, u.mailbox_hash, u.country, u.language
        FROM end_users u
       WHERE b.audience = 'end_users' AND u.registered_at IS NOT NULL
         AND NOT EXISTS (SELECT FROM channel_followers f WHERE f.channel_id = b.channel_id AND f.end_user_id = u.id)
    ) person
   WHERE b.id = $1
     AND (b.countries = '{}' OR person.country = ANY (b.countries))
     AND (b.languages = '{}' OR person.language = ANY (b.languages)
          OR split_part(person.language, '-', 1) = ANY (b.languages))
     AND NOT ${optedOutSql('person.mailbox_hash', 'b.channel_id')}`;

/** How many people a broadcast is for now. */
export async function countAudience(db: Db, broadcastId: string): Promise<number> {
  const [{ count }] = await db.query<[{ count: number }]>(
    `SELECT count(*)::int AS count FROM (${AUDIENCE}) audience`,
    [broadcastId],
  );
  return count;
}

/** Writes down who gets the broadcast, as it is at this moment, by one statement. @returns how many */
export async function fixAudience(tx: Tx, broadcastId: string): Promise<number> {
  await setLocally(tx, { statement_timeout: '5min' });
  const [{ count }] = await tx.query<[{ count: number }]>(
    `WITH fixed AS (
       INSERT INTO broadcast_recipients (broadcast_id, end_user_id, state)
       SELECT broadcast_id, end_user_id, 'waiting' FROM (${AUDIENCE}) audience RETURNING 1)
     SELECT count(*)::int AS count FROM fixed`,
    [broadcastId],
  );
  return count;
}
