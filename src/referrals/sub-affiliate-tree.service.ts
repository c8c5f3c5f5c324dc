import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { DataSource, EntityManager } from 'typeorm';
import { Campaigns, Promos } from '../campaigns/index.js';
import { Inviters, Partners } from '../partner-management/index.js';
import { idOfCursor, type Page, toPage } from '../platform/index.js';
import { LEVELS, type SubAffiliateResponse, type SubAffiliatesQuery } from './sub-affiliates.dto.js';

interface Branch {
  partnerId: string;
  level: number;
  campaignId: string;
  promoId: string;
}

/**
 * Everybody below a partner. Each one carries the campaign and the promo of the first step: the partner's own ones,
 * through which the whole branch came. A step is one look into the index by inviter.
 */
export const SUB_AFFILIATE_TREE = `
  WITH RECURSIVE tree AS (
    SELECT partner_id, 1 AS level, campaign_id, promo_id FROM sub_affiliates
     WHERE inviter_id = $1 AND ($2::uuid IS NULL OR campaign_id = $2)
    UNION ALL
    SELECT below.partner_id, tree.level + 1, tree.campaign_id, tree.promo_id
      FROM tree JOIN sub_affiliates below ON below.inviter_id = tree.partner_id
     WHERE tree.level < coalesce($3, ${LEVELS})
  )
  SELECT partner_id AS "partnerId", level, campaign_id AS "campaignId", promo_id AS "promoId" FROM tree
   WHERE ($3::int IS NULL OR level = $3) AND ($4::uuid IS NULL OR partner_id < $4)
   ORDER BY partner_id DESC LIMIT $5`;

/** Who came through whom (A19, rules §2.5): a partner's own at level 1, those that these brought at level 2, and on. */
@Injectable()
export class SubAffiliateTree implements OnModuleInit {
  constructor(
    private readonly partners: Partners,
    private readonly campaigns: Campaigns,
    private readonly promos: Promos,
    private readonly inviters: Inviters,
  ) {}

  onModuleInit(): void {
    this.inviters.register((db, partnerId) => this.findInviter(db, partnerId));
  }

  /** A page of the sub-affiliates of a partner, the newest sign-up first, to a depth of {@link LEVELS}. */
  async list(
    db: EntityManager | DataSource,
    partnerId: string,
    { level, campaignId, limit, cursor }: SubAffiliatesQuery,
  ): Promise<Page<SubAffiliateResponse>> {
    const rows = await db.query<Branch[]>(SUB_AFFILIATE_TREE, [
      partnerId,
      campaignId ?? null,
      level ?? null,
      idOfCursor(cursor),
      limit + 1,
    ]);
    const { items, nextCursor } = toPage(rows, limit, (branch) => [branch.partnerId]);
    return { items: await this.describe(db, items), nextCursor };
  }

  private async describe(
    db: EntityManager | DataSource,
    branches: Branch[],
  ): Promise<SubAffiliateResponse[]> {
    const profiles = await this.partners.profiles(
      db,
      branches.map(({ partnerId }) => partnerId),
    );
    const campaigns = await this.campaigns.namesOf(
      db,
      branches.map(({ campaignId }) => campaignId),
    );
    const codes = await this.promos.codesOf(
      db,
      branches.map(({ promoId }) => promoId),
    );
    return branches.map(({ partnerId, level, campaignId, promoId }) => {
      const { name, state, createdAt } = profiles.get(partnerId)!;
      return {
        id: partnerId,
        name,
        state,
        level,
        campaignId,
        campaignName: campaigns.get(campaignId)!,
        promoId,
        promoCode: codes.get(promoId)!,
        registeredAt: createdAt.toISOString(),
      };
    });
  }

  private async findInviter(
    db: EntityManager,
    partnerId: string,
  ): Promise<{ id: string; name: string } | null> {
    const [connection] = await db.query<{ id: string }[]>(
      'SELECT inviter_id AS id FROM sub_affiliates WHERE partner_id = $1',
      [partnerId],
    );
    if (!connection) return null;
    const names = await this.partners.names(db, [connection.id]);
    return { id: connection.id, name: names.get(connection.id)! };
  }
}
