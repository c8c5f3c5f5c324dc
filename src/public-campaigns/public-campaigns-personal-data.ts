import { Injectable, type OnModuleInit } from '@nestjs/common';
import { type HeldTable, PersonalData } from '../identity/index.js';
import { readRows, type Tx } from '../platform/index.js';

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
  SELECT id, campaign_id AS "campaignId", connected_account_id AS "connectedAccountId", platform, handle,
         platform_user_id AS "platformUserId", terms_version AS "termsVersion", joined_by AS "joinedBy",
         joined_at AS "joinedAt"
    FROM participations WHERE partner_id = $1 ORDER BY id`;

const POSTS = `
  SELECT id, participation_id AS "participationId", url, state, fault, reason, published_at AS "publishedAt",
         submitted_at AS "submittedAt", collected_at AS "collectedAt", likes, views, shares, comments, followers,
         reward_minor AS "rewardMinor", accrued_minor AS "accruedMinor", decided_at AS "decidedAt", paid_at AS "paidAt"
    FROM campaign_posts WHERE partner_id = $1 ORDER BY id`;

const METRICS = `
  SELECT m.id, m.post_id AS "postId", m.collected_at AS "collectedAt", m.likes, m.views, m.shares, m.comments,
         m.followers, m.reward_minor AS "rewardMinor", m.accrued_minor AS "accruedMinor"
    FROM post_metrics m JOIN campaign_posts p ON p.id = m.post_id WHERE p.partner_id = $1 ORDER BY m.id`;

/** What creators have joined and posted. After an erasure the figures stay, by ids: brands have paid for them. */
@Injectable()
export class PublicCampaignsPersonalData implements OnModuleInit {
  constructor(private readonly personalData: PersonalData) {}

  onModuleInit(): void {
    this.personalData.register({
      room: 'public-campaigns',
      tables: TABLES,
      files: {
        'joined-campaigns': (tx, partnerId) => readRows(tx, PARTICIPATIONS, [partnerId]),
        'campaign-posts': (tx, partnerId) => readRows(tx, POSTS, [partnerId]),
        'campaign-post-metrics': (tx, partnerId) => readRows(tx, METRICS, [partnerId]),
      },
      erase,
    });
  }
}

/** Accounts and addresses of posts say who somebody is. */
async function erase(tx: Tx, partnerId: string): Promise<'done'> {
  await tx.query(
    `UPDATE participations SET platform_user_id = 'erased ' || id, handle = 'erased' WHERE partner_id = $1`,
    [partnerId],
  );
  await tx.query(`UPDATE campaign_posts SET url = 'erased ' || id WHERE partner_id = $1`, [partnerId]);
  return 'done';
}
