import { Injectable } from '@nestjs/common';
import { suspendedSql } from '../../partner-management/index.js';
import type { Tx } from '../../platform/index.js';
import { CLOSES_AFTER_HOURS } from '../domain/campaign-status.js';
import { type Platform, postOfUrl } from '../domain/post-url.js';

/** Posts are in the report within twenty minutes (E06): an account is looked at this often. */
const MINUTES_BETWEEN = 15;

/** An account whose posts are to be collected for a campaign. */
export interface DueParticipation {
  participationId: string;
  connectedAccountId: string;
  platform: Platform;
  /** The platform's own name of the account. */
  platformUserId: string;
  /** Posts of this time are looked for; half-open. */
  postingFrom: Date;
  postingUntil: Date;
  /** Normalised. */
  requiredTags: readonly string[];
  /** Those known already or given by hand, by the ids that their addresses have; what is not to be found for a day only. */
  posts: { postId: string; url: string }[];
}

type Row = Omit<DueParticipation, 'posts'> & { open: boolean; urls: string[] };

/** Which accounts' posts are to be looked for (E06). */
@Injectable()
export class PostsToCollect {
  /**
   * Claims accounts that are due: each is given to one caller, and comes again after a quarter of an hour. Once the
   * figures of a campaign are final, its accounts come no more.
   */
  async claim(tx: Tx, now: Date, limit: number): Promise<DueParticipation[]> {
    const [rows] = await tx.query<[Row[], number]>(
      `WITH due AS (
         SELECT p.id, c.posting_from, c.posting_until, c.required_tags,
                (c.state = 'published' OR least(c.ends_at, c.cancelled_at) <= $1)
                  AND NOT ${suspendedSql('p.partner_id', '$1')} AS open,
                least(c.ends_at, c.cancelled_at) + make_interval(hours => $3) <= $1 AS final
           FROM participations p
           JOIN public_campaigns c ON c.id = p.campaign_id
          WHERE p.collect_at <= $1 ORDER BY p.collect_at, p.id LIMIT $2 FOR UPDATE OF p SKIP LOCKED
       )
       UPDATE participations p
          SET collect_at = CASE WHEN NOT due.final THEN $1 + make_interval(mins => $4) END
         FROM due WHERE p.id = due.id
       RETURNING p.id AS "participationId", p.connected_account_id AS "connectedAccountId", p.platform,
                 p.platform_user_id AS "platformUserId", due.posting_from AS "postingFrom",
                 due.posting_until AS "postingUntil", due.required_tags AS "requiredTags", due.open AND NOT due.final AS open,
                 ARRAY(SELECT post.url FROM campaign_posts post
                        WHERE post.participation_id = p.id AND post.state <> 'ineffective' AND post.paid_at IS NULL
                          AND post.fault IS DISTINCT FROM 'WRONG_ACCOUNT'
                          AND (post.fault IS DISTINCT FROM 'NOT_FOUND' OR post.submitted_at > $1 - interval '1 day')
                        ORDER BY post.id) AS urls`,
      [now, limit, CLOSES_AFTER_HOURS, MINUTES_BETWEEN],
    );
    return rows
      .filter(({ open }) => open)
      .map(({ open: _, urls, ...due }) => ({
        ...due,
        posts: urls.flatMap((url) => {
          const address = postOfUrl(url);
          return address ? [{ postId: address.postId, url }] : [];
        }),
      }));
  }

  /** Has the account looked at again at that time: after a failure, or when its platform asks for a pause. */
  async postpone(tx: Tx, participationId: string, until: Date): Promise<void> {
    await tx.query('UPDATE participations SET collect_at = $2 WHERE id = $1 AND collect_at IS NOT NULL', [
      participationId,
      until,
    ]);
  }
}
