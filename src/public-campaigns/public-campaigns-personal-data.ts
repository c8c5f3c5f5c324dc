import { Injectable, type OnModuleInit } from '@nestjs/common';
import { type ErasureObstacle, type HeldTable, PersonalData } from '../identity/index.js';
import { Clock, readRows, type Tx } from '../platform/index.js';
import { lockCampaign, type PublicCampaign } from './campaigns/campaign-rows.js';
import { erasedAccountSql } from './joining/participation-rows.js';
import { Accruals } from './posts/accruals.service.js';
import { erasedUrlSql } from './posts/post-rows.js';

const TABLES: readonly HeldTable[] = [
  { table: 'participations', file: 'joined-campaigns', onErasure: 'anonymised' },
  { table: 'campaign_posts', file: 'campaign-posts', onErasure: 'anonymised' },
  {
    table: 'post_metrics',
    file: 'campaign-post-metrics',
    onErasure: 'kept',
    keptBecause: 'counts by ids, from which rewards were paid',
  },
];

const PARTICIPATIONS = `
  SELECT p.id, p.campaign_id AS "campaignId", p.connected_account_id AS "connectedAccountId", p.platform, p.handle,
         p.platform_user_id AS "platformUserId", p.terms_version AS "termsVersion", t.text AS terms,
         p.joined_by AS "joinedBy", p.joined_at AS "joinedAt"
    FROM participations p
    JOIN public_campaign_terms t ON t.campaign_id = p.campaign_id AND t.version = p.terms_version
   WHERE p.partner_id = $1 ORDER BY p.id`;

const POSTS = `
  SELECT id, participation_id AS "participationId", url, state, fault, reason, published_at AS "publishedAt",
         submitted_at AS "submittedAt", collected_at AS "collectedAt", likes, views, shares, comments, followers, uncounted,
         reward_minor AS "rewardMinor", accrued_minor AS "accruedMinor", decided_at AS "decidedAt", paid_at AS "paidAt"
    FROM campaign_posts WHERE partner_id = $1 ORDER BY id`;

const METRICS = `
  SELECT m.id, m.post_id AS "postId", m.collected_at AS "collectedAt", m.likes, m.views, m.shares, m.comments,
         m.followers, m.uncounted, m.reward_minor AS "rewardMinor", m.accrued_minor AS "accruedMinor"
    FROM post_metrics m JOIN campaign_posts p ON p.id = m.post_id WHERE p.partner_id = $1 ORDER BY m.id`;

/** What creators have joined and posted. After an erasure the figures stay, by ids: brands have paid for them. */
@Injectable()
export class PublicCampaignsPersonalData implements OnModuleInit {
  constructor(
    private readonly personalData: PersonalData,
    private readonly accruals: Accruals,
    private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    this.personalData.register({
      room: 'public-campaigns',
      tables: TABLES,
      files: {
        'joined-campaigns': (tx, partnerId) => readRows(tx, PARTICIPATIONS, [partnerId]),
        'campaign-posts': (tx, partnerId) => readRows(tx, POSTS, [partnerId]),
        'campaign-post-metrics': (tx, partnerId) => readRows(tx, METRICS, [partnerId]),
      },
      obstacles,
      erase: (tx, partnerId) => this.erase(tx, partnerId),
    });
  }

  /** What was not paid counts no more, whatever brands decide, and the campaigns' other posts have its part of the budgets. */
  private async erase(tx: Tx, partnerId: string): Promise<'done'> {
    const ids = await tx.query<{ id: string }[]>(
      'SELECT DISTINCT campaign_id AS id FROM participations WHERE partner_id = $1 ORDER BY 1',
      [partnerId],
    );
    const campaigns: PublicCampaign[] = [];
    for (const { id } of ids) campaigns.push((await lockCampaign(tx, id, 'accrual'))!);
    await erase(tx, partnerId, this.clock.now());
    for (const campaign of campaigns) await this.accruals.share(tx, campaign);
    return 'done';
  }
}

/** What nobody has asked to be paid would be paid to nobody. */
async function obstacles(tx: Tx, partnerId: string): Promise<ErasureObstacle[]> {
  const [{ open }] = await tx.query<[{ open: number }]>(
    `SELECT count(*)::int AS open FROM campaign_posts WHERE partner_id = $1 AND paid_at IS NULL AND accrued_minor > 0`,
    [partnerId],
  );
  if (open === 0) return [];
  const message = open === 1 ? 'A post is not paid yet.' : `${open} posts are not paid yet.`;
  return [{ code: 'UNPAID_POSTS', message, waivable: true }];
}

/** Accounts and addresses of posts say who somebody is: of addresses a hash stays, so that no post is paid twice. */
async function erase(tx: Tx, partnerId: string, now: Date): Promise<void> {
  await tx.query(
    `UPDATE participations SET platform_user_id = ${erasedAccountSql}, handle = 'erased', collect_at = NULL
      WHERE partner_id = $1`,
    [partnerId],
  );
  await tx.query(
    `UPDATE campaign_posts
        SET url = ${erasedUrlSql('url')}, reason = CASE WHEN paid_at IS NULL THEN 'Erased' END,
            state = CASE WHEN paid_at IS NULL THEN 'ineffective' ELSE state END,
            fault = CASE WHEN paid_at IS NULL THEN 'ERASED' ELSE fault END,
            accrued_minor = CASE WHEN paid_at IS NULL THEN 0 ELSE accrued_minor END,
            decided_at = coalesce(decided_at, $2)
      WHERE partner_id = $1 AND url NOT LIKE 'erased %'`,
    [partnerId, now],
  );
}
