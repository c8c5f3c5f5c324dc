import { randomUUID } from 'node:crypto';
import type pg from 'pg';
import { sha256Hex } from '../../src/platform/index.js';

/** Gives the partner an owner whose statistics token this is. */
export async function makeStatisticsReader(
  client: pg.Client,
  partnerId: string,
  token: string,
): Promise<void> {
  const userId = randomUUID();
  await client.query(
    `INSERT INTO users (id, email, name, created_at, email_verified_at) VALUES ($1, $2, 'Ann', now(), now())`,
    [userId, `${userId}@reader.example`],
  );
  await client.query(
    `INSERT INTO memberships (id, user_id, realm, role, partner_id, active)
     VALUES (gen_random_uuid(), $1, 'partner', 'owner', $2, true)`,
    [userId, partnerId],
  );
  await client.query(
    `INSERT INTO statistic_tokens (user_id, token_hash, sealed, created_at) VALUES ($1, $2, 'sealed', now())`,
    [userId, sha256Hex(token)],
  );
}
