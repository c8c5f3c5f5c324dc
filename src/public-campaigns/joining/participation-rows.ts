import type { DataSource, EntityManager } from 'typeorm';
import { idOfCursor, notFound, type Page, toPage } from '../../platform/index.js';
import type { Platform } from '../domain/post-url.js';

/** A creator's account in a campaign. */
export interface Participation {
  id: string;
  campaignId: string;
  partnerId: string;
  connectedAccountId: string;
  platform: Platform;
  /** The platform's own name of the account. */
  platformUserId: string;
  handle: string;
  termsVersion: number;
  joinedAt: Date;
  /** Whether its creator is: nothing is looked for any more. */
  erased: boolean;
}

/** SQL of what stays of an account's name when its creator is erased. */
export const erasedAccountSql = `'erased ' || id`;

const SELECT = `
  SELECT id, campaign_id AS "campaignId", partner_id AS "partnerId", connected_account_id AS "connectedAccountId",
         platform, platform_user_id AS "platformUserId", handle, terms_version AS "termsVersion",
         joined_at AS "joinedAt", platform_user_id = ${erasedAccountSql} AS erased
    FROM participations`;

/** @throws DomainError NOT_FOUND, also for another partner's. @param partnerId null for anybody's */
export async function getParticipation(
  db: DataSource | EntityManager,
  participationId: string,
  partnerId: string | null,
): Promise<Participation> {
  const [participation] = await db.query<Participation[]>(
    `${SELECT} WHERE id = $1 AND ($2::uuid IS NULL OR partner_id = $2)`,
    [participationId, partnerId],
  );
  if (!participation) throw notFound('participation');
  return participation;
}

/** Participations of the accounts in those campaigns, whoever connected them when they joined. */
export function participationsOf(
  db: DataSource | EntityManager,
  accounts: readonly Pick<Participation, 'platform' | 'platformUserId'>[],
  campaignIds: readonly string[],
): Promise<Participation[]> {
  return db.query<Participation[]>(
    `${SELECT} WHERE campaign_id = ANY ($1)
        AND (platform, platform_user_id) IN (SELECT * FROM unnest($2::text[], $3::text[]))
      ORDER BY id`,
    [
      campaignIds,
      accounts.map(({ platform }) => platform),
      accounts.map(({ platformUserId }) => platformUserId),
    ],
  );
}

/** The text of the terms that were accepted, which the campaign may have replaced since. */
export async function acceptedTerms(
  db: DataSource | EntityManager,
  { campaignId, termsVersion }: Participation,
): Promise<string> {
  const [row] = await db.query<[{ text: string }]>(
    'SELECT text FROM public_campaign_terms WHERE campaign_id = $1 AND version = $2',
    [campaignId, termsVersion],
  );
  return row.text;
}

/** A page of the partner's participations, latest first. */
export async function listParticipations(
  db: DataSource | EntityManager,
  { partnerId, limit, cursor }: { partnerId: string; limit: number; cursor?: string },
): Promise<Page<Participation>> {
  const rows = await db.query<Participation[]>(
    `${SELECT} WHERE partner_id = $1 AND ($2::uuid IS NULL OR id < $2) ORDER BY id DESC LIMIT $3`,
    [partnerId, idOfCursor(cursor), limit + 1],
  );
  return toPage(rows, limit, ({ id }) => [id]);
}

/** Accounts that have joined, by id. */
export async function participationsById(
  db: DataSource | EntityManager,
  ids: readonly string[],
): Promise<Map<string, Participation>> {
  const rows = await db.query<Participation[]>(`${SELECT} WHERE id = ANY ($1)`, [ids]);
  return new Map(rows.map((row) => [row.id, row]));
}
