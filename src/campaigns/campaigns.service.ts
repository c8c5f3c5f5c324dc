import { Injectable, type OnModuleInit } from '@nestjs/common';
import { type DataSource, type EntityManager, LessThan } from 'typeorm';
import { Brands } from '../brands/index.js';
import { CommissionPlans } from '../commissions/index.js';
import { Entitlements } from '../partner-management/index.js';
import {
  Clock,
  DomainError,
  idOfCursor,
  Ids,
  invalidField,
  notFound,
  type Page,
  toPage,
  type Tx,
} from '../platform/index.js';
import { Campaign, type CampaignState } from './campaign.entity.js';
import { campaignArchived, campaignStateConflict } from './campaigns.errors.js';

type Db = EntityManager | DataSource;

export type NewCampaign = Pick<Campaign, 'name' | 'brandId' | 'commissionPlanId'>;

export interface CampaignFilter {
  state: CampaignState | 'all';
  name?: string;
  id?: string;
  brandId?: string;
  commissionPlanId?: string;
  limit: number;
  cursor?: string;
}

/** A campaign with what its partner is shown beside it. */
export interface CampaignListing {
  campaign: Campaign;
  brandName: string;
  commissionPlanName: string;
  promosCount: number;
}

/** A partner who works for a brand under a plan. */
export interface Agreement {
  partnerId: string;
  planId: string;
  brandId: string;
}

/** The partners' campaigns. */
@Injectable()
export class Campaigns implements OnModuleInit {
  constructor(
    private readonly brands: Brands,
    private readonly plans: CommissionPlans,
    private readonly entitlements: Entitlements,
    private readonly clock: Clock,
    private readonly ids: Ids,
  ) {}

  onModuleInit(): void {
    this.entitlements.countedBy('campaigns', countActive);
  }

  /**
   * The partner's campaign.
   * @throws DomainError NOT_FOUND, also for another partner's
   */
  async get(db: Db, partnerId: string, campaignId: string): Promise<Campaign> {
    const campaign = await db.getRepository(Campaign).findOneBy({ id: campaignId, partnerId });
    if (!campaign) throw notFound('campaign');
    return campaign;
  }

  /**
   * The partner's campaign, held active until the transaction ends: for edits that an archived one refuses (A05).
   * @throws DomainError NOT_FOUND, CAMPAIGN_ARCHIVED
   */
  async getForEdit(tx: Tx, partnerId: string, campaignId: string): Promise<Campaign> {
    const campaign = await tx
      .getRepository(Campaign)
      .findOne({ where: { id: campaignId, partnerId }, lock: { mode: 'pessimistic_read' } });
    if (!campaign) throw notFound('campaign');
    if (campaign.state === 'archived') throw campaignArchived();
    return campaign;
  }

  /** The partner's campaigns, newest first. */
  async list(db: Db, partnerId: string, filter: CampaignFilter): Promise<Page<Campaign>> {
    const { state, name, id, brandId, commissionPlanId, limit, cursor } = filter;
    const query = db.getRepository(Campaign).createQueryBuilder('campaign').where({ partnerId });
    if (state !== 'all') query.andWhere({ state });
    if (id !== undefined) query.andWhere({ id });
    if (brandId !== undefined) query.andWhere({ brandId });
    if (commissionPlanId !== undefined) query.andWhere({ commissionPlanId });
    if (name !== undefined) {
      query.andWhere('campaign.name ILIKE :pattern', { pattern: `%${name.replaceAll(/[\\%_]/g, '\\$&')}%` });
    }
    if (cursor !== undefined) query.andWhere({ id: LessThan(idOfCursor(cursor)) });
    const rows = await query
      .orderBy('campaign.id', 'DESC')
      .limit(limit + 1)
      .getMany();
    return toPage(rows, limit, (campaign) => [campaign.id]);
  }

  /** The campaigns, in their order, with the names of brands and plans and the number of promos. */
  async describe(db: Db, campaigns: readonly Campaign[]): Promise<CampaignListing[]> {
    const brandNames = await this.brands.names(db, campaigns.map(({ brandId }) => brandId)); // prettier-ignore
    const planNames = await this.plans.names(db, campaigns.map(({ commissionPlanId }) => commissionPlanId)); // prettier-ignore
    const counted = await db.query<{ id: string; count: number }[]>(
      'SELECT campaign_id AS id, count(*)::int AS count FROM promos WHERE campaign_id = ANY ($1) GROUP BY 1',
      [campaigns.map(({ id }) => id)],
    );
    const counts = new Map(counted.map(({ id, count }) => [id, count]));
    return campaigns.map((campaign) => ({
      campaign,
      brandName: brandNames.get(campaign.brandId)!,
      commissionPlanName: planNames.get(campaign.commissionPlanId)!,
      promosCount: counts.get(campaign.id) ?? 0,
    }));
  }

  /**
   * Makes a campaign for a brand under one of the plans open to the partner (A03), as far as its package allows more.
   * @throws DomainError LIMIT_REACHED (422), and as {@link takeOver}
   */
  async create(tx: Tx, partnerId: string, campaign: NewCampaign): Promise<Campaign> {
    await this.entitlements.require(tx, partnerId, 'campaigns');
    return this.takeOver(tx, partnerId, campaign);
  }

  /**
   * Makes a campaign that the partner did not ask for, so that no package limits it: one that it had in another program
   * (B10), or the one that orders with an offer's promo code count for (T03).
   * @throws DomainError VALIDATION_FAILED (422) for the brand, COMMISSION_PLAN_NOT_AVAILABLE (422)
   */
  async takeOver(
    tx: Tx,
    partnerId: string,
    { name, brandId, commissionPlanId }: NewCampaign,
  ): Promise<Campaign> {
    await this.assertBrandOffered(tx, brandId);
    await this.plans.assertAvailable(tx, commissionPlanId, brandId, partnerId);
    const campaign: Campaign = {
      id: this.ids.next(),
      partnerId,
      brandId,
      commissionPlanId,
      name,
      state: 'active',
      createdAt: this.clock.now(),
    };
    await tx.getRepository(Campaign).insert(campaign);
    return campaign;
  }

  /**
   * Archives the campaign: it keeps tracking and earning, and refuses new promos and edits (A05).
   * @throws DomainError NOT_FOUND, CAMPAIGN_STATE_CONFLICT
   */
  async archive(tx: Tx, partnerId: string, campaignId: string): Promise<Campaign> {
    return this.move(tx, partnerId, campaignId, 'active', 'archived');
  }

  /**
   * Takes the campaign back from the archive, as far as the partner's package allows more.
   * @throws DomainError NOT_FOUND, CAMPAIGN_STATE_CONFLICT, LIMIT_REACHED (422)
   */
  async unarchive(tx: Tx, partnerId: string, campaignId: string): Promise<Campaign> {
    await this.get(tx, partnerId, campaignId);
    await this.entitlements.require(tx, partnerId, 'campaigns');
    return this.move(tx, partnerId, campaignId, 'archived', 'active');
  }

  /** Who works for which brand under which plan, by any campaign, archived ones included. */
  async agreements(db: Db, { planId }: { planId?: string } = {}): Promise<Agreement[]> {
    return db.query<Agreement[]>(
      `SELECT DISTINCT partner_id AS "partnerId", commission_plan_id AS "planId", brand_id AS "brandId"
         FROM campaigns WHERE $1::uuid IS NULL OR commission_plan_id = $1 ORDER BY 2, 1`,
      [planId ?? null],
    );
  }

  /** Ids of the partner's campaigns with this text in their name, in any case. */
  async idsByName(db: Db, partnerId: string, part: string): Promise<string[]> {
    const rows = await db.query<{ id: string }[]>(
      'SELECT id FROM campaigns WHERE partner_id = $1 AND name ILIKE $2',
      [partnerId, `%${part.replaceAll(/[\\%_]/g, '\\$&')}%`],
    );
    return rows.map(({ id }) => id);
  }

  /** Names of campaigns by id, for lists that name them. */
  async namesOf(db: Db, ids: readonly string[]): Promise<ReadonlyMap<string, string>> {
    const rows = await db.query<{ id: string; name: string }[]>(
      'SELECT id, name FROM campaigns WHERE id = ANY ($1)',
      [ids],
    );
    return new Map(rows.map(({ id, name }) => [id, name]));
  }

  /** Ids of the partner's campaigns under the plan, archived ones included. */
  async campaignIdsOf(db: Db, partnerId: string, planId: string): Promise<string[]> {
    const rows = await db.query<{ id: string }[]>(
      'SELECT id FROM campaigns WHERE commission_plan_id = $1 AND partner_id = $2 ORDER BY id',
      [planId, partnerId],
    );
    return rows.map(({ id }) => id);
  }

  private async move(
    tx: Tx,
    partnerId: string,
    campaignId: string,
    from: CampaignState,
    to: CampaignState,
  ): Promise<Campaign> {
    const moved = await tx
      .getRepository(Campaign)
      .update({ id: campaignId, partnerId, state: from }, { state: to });
    const campaign = await this.get(tx, partnerId, campaignId);
    if (moved.affected === 0) throw campaignStateConflict(campaign.state);
    return campaign;
  }

  private async assertBrandOffered(tx: Tx, brandId: string): Promise<void> {
    const brand = await this.brands.get(tx, brandId).catch((error: unknown) => {
      if (error instanceof DomainError && error.kind === 'not_found') return null;
      throw error;
    });
    if (!brand) throw invalidField('brandId', 'there is no such brand');
    if (brand.state !== 'active') throw invalidField('brandId', 'this brand is archived');
  }
}

/** How many campaigns the partner has that are not archived. */
async function countActive(db: Db, partnerId: string): Promise<number> {
  const [{ count }] = await db.query<[{ count: number }]>(
    `SELECT count(*)::int AS count FROM campaigns WHERE partner_id = $1 AND state = 'active'`,
    [partnerId],
  );
  return count;
}
