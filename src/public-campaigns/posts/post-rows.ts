import type { DataSource, EntityManager } from 'typeorm';
import { Conditions, idOfCursor, type Page, toPage } from '../../platform/index.js';
import type { Figures } from '../domain/figures.js';
import type { PostFault, PostState } from '../domain/post-state.js';
import { type Metric, METRICS, type Metrics } from '../domain/unit-price.js';

/** A post of a participation; amounts in minor units of the campaign's currency. */
export interface Post extends Figures {
  id: string;
  participationId: string;
  campaignId: string;
  partnerId: string;
  /** In its one spelling. */
  url: string;
  state: PostState;
  fault: PostFault | null;
  /** Why the brand does not approve it. */
  reason: string | null;
  publishedAt: Date | null;
  submittedAt: Date;
  collectedAt: Date | null;
  rewardMinor: bigint;
  accruedMinor: bigint;
  decidedAt: Date | null;
  decidedBy: string | null;
  announcedAt: Date | null;
  paidAt: Date | null;
}

/** Which posts to list, newest first. */
export interface PostFilter {
  participationId?: string;
  campaignId?: string;
  state?: PostState;
  limit: number;
  cursor?: string;
}

/** Columns of the metrics, by their names. */
const COLUMN_OF: Readonly<Record<Metric, string>> = {
  like: 'likes',
  view: 'views',
  share: 'shares',
  comment: 'comments',
  follower: 'followers',
};

type Row = Omit<Post, keyof Figures | 'rewardMinor' | 'accruedMinor'> & {
  rewardMinor: string;
  accruedMinor: string;
  uncounted: Partial<Record<Metric, string>>;
  toldAt: Partial<Record<Metric, string>>;
} & Record<Metric, string | null>;

const SELECT = `
  SELECT id, participation_id AS "participationId", campaign_id AS "campaignId", partner_id AS "partnerId", url, state,
         fault, reason, published_at AS "publishedAt", submitted_at AS "submittedAt", collected_at AS "collectedAt",
         ${METRICS.map((metric) => `${COLUMN_OF[metric]} AS "${metric}"`).join(', ')},
         uncounted, told_at AS "toldAt", reward_minor AS "rewardMinor", accrued_minor AS "accruedMinor",
         decided_at AS "decidedAt", decided_by AS "decidedBy", announced_at AS "announcedAt", paid_at AS "paidAt"
    FROM campaign_posts`;

/** The post, or null. */
export async function findPost(db: DataSource | EntityManager, postId: string): Promise<Post | null> {
  const [row] = await db.query<Row[]>(`${SELECT} WHERE id = $1`, [postId]);
  return row ? postOf(row) : null;
}

/** The post at an address of a participation, or null. The campaign is locked, and with it all its posts. */
export async function findPostAt(
  tx: EntityManager,
  participationId: string,
  url: string,
): Promise<Post | null> {
  const [row] = await tx.query<Row[]>(`${SELECT} WHERE participation_id = $1 AND url = $2`, [
    participationId,
    url,
  ]);
  return row ? postOf(row) : null;
}

/** A page of posts, newest first. */
export async function listPosts(
  db: DataSource | EntityManager,
  { participationId, campaignId, state, limit, cursor }: PostFilter,
): Promise<Page<Post>> {
  const where = new Conditions();
  where.add('participation_id = ?', participationId);
  where.add('campaign_id = ?', campaignId);
  where.add('state = ?', state);
  where.add('id < ?', idOfCursor(cursor));
  const rows = await db.query<Row[]>(
    `${SELECT} WHERE ${where.sql} ORDER BY id DESC LIMIT $${where.parameters.length + 1}`,
    [...where.parameters, limit + 1],
  );
  return toPage(rows.map(postOf), limit, ({ id }) => [id]);
}

/** Moves some of the campaign's effective posts to a state that nobody has decided on; gives how many. */
export async function settlePosts(
  tx: EntityManager,
  campaignId: string,
  { state, now, limit }: { state: PostState; now: Date; limit: number },
): Promise<number> {
  const [, count] = await tx.query<[unknown[], number]>(
    `UPDATE campaign_posts SET state = $2, decided_at = $3, decided_by = NULL
      WHERE id IN (SELECT id FROM campaign_posts WHERE campaign_id = $1 AND state = 'effective' LIMIT $4)`,
    [campaignId, state, now, limit],
  );
  return count;
}

/** Some of the campaign's approved posts whose creators were not told, those of one creator together. */
export async function untoldPosts(tx: EntityManager, campaignId: string, limit: number): Promise<Post[]> {
  const rows = await tx.query<Row[]>(
    `${SELECT} WHERE campaign_id = $1 AND state = 'approved' AND announced_at IS NULL
      ORDER BY partner_id, id LIMIT $2`,
    [campaignId, limit],
  );
  return rows.map(postOf);
}

/** Writes down that creators were told of their posts. */
export async function markTold(tx: EntityManager, ids: readonly string[], now: Date): Promise<void> {
  await tx.query('UPDATE campaign_posts SET announced_at = $2 WHERE id = ANY ($1)', [ids, now]);
}

/** SQL of what stays of an address when its creator is erased: enough to know it again. */
export const erasedUrlSql = (url: string): string =>
  `'erased ' || encode(sha256(convert_to(${url}, 'UTF8')), 'hex')`;

/** Whether the address counts for another participation or campaign (rule 7.3). */
export async function countsElsewhere(
  tx: EntityManager,
  { id, url }: Pick<Post, 'id' | 'url'>,
): Promise<boolean> {
  const rows = await tx.query<unknown[]>(
    `SELECT FROM campaign_posts
      WHERE url IN ($1, ${erasedUrlSql('$1')}) AND id <> $2 AND state IN ('effective', 'approved')`,
    [url, id],
  );
  return rows.length > 0;
}

/**
 * The campaign's posts that stand in line for its budget: those that count, and those that would if there was some left.
 * First those given or found first; those that a brand has overlooked something of come after all others.
 */
export async function postsInLine(tx: EntityManager, campaignId: string): Promise<Post[]> {
  const rows = await tx.query<Row[]>(
    `${SELECT} WHERE campaign_id = $1
        AND (state IN ('effective', 'approved')
             OR state = 'warning' AND fault = 'OVER_BUDGET' AND NOT EXISTS (
                  SELECT FROM campaign_posts other
                   WHERE other.url IN (campaign_posts.url, ${erasedUrlSql('campaign_posts.url')})
                     AND other.id <> campaign_posts.id AND other.state IN ('effective', 'approved')))
      ORDER BY coalesce(fault, 'OVER_BUDGET') <> 'OVER_BUDGET', submitted_at, id`,
    [campaignId],
  );
  return rows.map(postOf);
}

/** What is accrued for the creator's other posts of the campaign, in minor units. */
export async function accruedElsewhere(
  tx: EntityManager,
  { id, campaignId, partnerId }: Pick<Post, 'id' | 'campaignId' | 'partnerId'>,
): Promise<bigint> {
  const [row] = await tx.query<[{ sum: string }]>(
    `SELECT coalesce(sum(accrued_minor), 0) AS sum FROM campaign_posts
      WHERE campaign_id = $1 AND partner_id = $2 AND id <> $3`,
    [campaignId, partnerId, id],
  );
  return BigInt(row.sum);
}

/** Writes the post as it is now, a new one or one that was there. The database adds what is accrued to what is consumed. */
export async function savePost(tx: EntityManager, post: Post): Promise<void> {
  const values: Record<string, unknown> = {
    id: post.id,
    participation_id: post.participationId,
    campaign_id: post.campaignId,
    partner_id: post.partnerId,
    url: post.url,
    submitted_at: post.submittedAt,
    state: post.state,
    fault: post.fault,
    reason: post.reason,
    published_at: post.publishedAt,
    collected_at: post.collectedAt,
    ...metricColumns(post.metrics),
    uncounted: uncountedJson(post),
    told_at: JSON.stringify(post.toldAt),
    reward_minor: post.rewardMinor.toString(),
    accrued_minor: post.accruedMinor.toString(),
    decided_at: post.decidedAt,
    decided_by: post.decidedBy,
    announced_at: post.announcedAt,
    paid_at: post.paidAt,
  };
  const columns = Object.keys(values);
  // The first ones never change.
  const changes = columns.slice(6).map((column) => `${column} = excluded.${column}`);
  await tx.query(
    `INSERT INTO campaign_posts (${columns.join(', ')}) VALUES (${columns.map((_, index) => `$${index + 1}`).join(', ')})
     ON CONFLICT (id) DO UPDATE SET ${changes.join(', ')}`,
    Object.values(values),
  );
}

/** Adds what was collected of the post to the history of its figures. */
export async function keepMetrics(tx: EntityManager, id: string, post: Post): Promise<void> {
  const { like, view, share, comment, follower } = post.metrics;
  const counts = [like, view, share, comment, follower].map((count) => count?.toString() ?? null);
  await tx.query(
    `INSERT INTO post_metrics (id, post_id, collected_at, likes, views, shares, comments, followers, reward_minor,
                               accrued_minor, uncounted)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
    [
      id,
      post.id,
      post.collectedAt,
      ...counts,
      post.rewardMinor.toString(),
      post.accruedMinor.toString(),
      uncountedJson(post),
    ],
  );
}

function metricColumns(metrics: Metrics): Record<string, string | null> {
  return Object.fromEntries(
    METRICS.map((metric) => [COLUMN_OF[metric], metrics[metric]?.toString() ?? null]),
  );
}

function uncountedJson({ uncounted }: Post): string {
  return JSON.stringify(uncounted, (_, units: unknown) =>
    typeof units === 'bigint' ? String(units) : units,
  );
}

function postOf({ like, view, share, comment, follower, ...row }: Row): Post {
  const told = Object.entries({ like, view, share, comment, follower }).filter(([, count]) => count !== null);
  return {
    ...row,
    metrics: unitsOf(told as [string, string][]),
    uncounted: unitsOf(Object.entries(row.uncounted)),
    toldAt: Object.fromEntries(Object.entries(row.toldAt).map(([metric, at]) => [metric, new Date(at)])),
    rewardMinor: BigInt(row.rewardMinor),
    accruedMinor: BigInt(row.accruedMinor),
  };
}

function unitsOf(entries: readonly [string, string][]): Metrics {
  return Object.fromEntries(entries.map(([metric, units]) => [metric, BigInt(units)]));
}
