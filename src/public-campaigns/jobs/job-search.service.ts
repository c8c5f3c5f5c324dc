import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Brands } from '../../brands/index.js';
import { Clock, notFound, type Page } from '../../platform/index.js';
import { findCampaign, listCampaigns, type PublicCampaign } from '../campaigns/campaign-rows.js';
import { joinClosure, type JoinClosure } from '../domain/campaign-status.js';
import { accountFaults, creatorFaults, type Ineligibility } from '../domain/eligibility.js';
import type { Platform } from '../domain/post-url.js';
import { type CreatorAccount, CreatorAccounts } from '../joining/creator-accounts.service.js';
import { type Participation, participationsOf } from '../joining/participation-rows.js';

/** Which jobs to show. */
export interface JobFilter {
  status?: 'upcoming' | 'ongoing';
  platform?: Platform;
  /** In the title, the description, or the brand's name. */
  search?: string;
  limit: number;
  cursor?: string;
}

/** One of the creator's accounts before a campaign. */
export interface AccountBeforeJob {
  account: CreatorAccount;
  /** Everything of its own that keeps it from joining. */
  faults: Ineligibility[];
  /** Its participation, if it has joined and is the creator's. */
  participationId: string | null;
}

/** A campaign as a creator finds it. */
export interface Job {
  campaign: PublicCampaign;
  brandName: string;
  /** Why nobody can join now. */
  closure: JoinClosure | null;
  /** Everything else that keeps the creator from joining with any of its accounts. */
  faults: Ineligibility[];
  accounts: AccountBeforeJob[];
}

/** Creators look for campaigns that they can join, and read why they cannot (E01). */
@Injectable()
export class JobSearch {
  constructor(
    private readonly brands: Brands,
    private readonly creators: CreatorAccounts,
    private readonly dataSource: DataSource,
    private readonly clock: Clock,
  ) {}

  /** Campaigns of active brands that are upcoming or ongoing, with budget left, newest first. */
  async list(partnerId: string, { status, search, ...filter }: JobFilter): Promise<Page<Job>> {
    const db = this.dataSource;
    const found = search && (await this.brands.idsOf(db, { name: search, state: 'active' }));
    const { items, nextCursor } = await listCampaigns(db, {
      ...filter,
      openAt: this.clock.now(),
      ...(status && { begun: status === 'ongoing' }),
      ...(search && { search: { text: search, brandIds: found || [] } }),
      brandIds: (await this.brands.idsOf(db, { state: 'active' })) ?? [],
    });
    return { items: await this.before(partnerId, items, { state: 'active' }), nextCursor };
  }

  /**
   * A campaign that is published and of an active brand, or was when the creator joined it.
   * @throws DomainError NOT_FOUND
   */
  async get(partnerId: string, campaignId: string): Promise<Job> {
    const campaign = await findCampaign(this.dataSource, campaignId);
    if (!campaign?.publishedAt) throw notFound('job');
    const brand = await this.brands.get(this.dataSource, campaign.brandId);
    const [job] = await this.before(partnerId, [campaign], brand);
    const joined = job!.accounts.some(({ participationId }) => participationId !== null);
    const open = campaign.state === 'published' && brand.state === 'active';
    if (!open && !joined) throw notFound('job');
    return job!;
  }

  /** The creator before campaigns of brands in that state. */
  private async before(
    partnerId: string,
    campaigns: readonly PublicCampaign[],
    brand: { state: 'active' | 'archived' },
  ): Promise<Job[]> {
    const db = this.dataSource.manager;
    const { country, accounts } = await this.creators.get(db, partnerId);
    const ids = campaigns.map(({ id }) => id);
    const joined = await participationsOf(db, accounts, ids);
    const names = await this.brands.names(
      db,
      campaigns.map(({ brandId }) => brandId),
    );
    const now = this.clock.now();
    return campaigns.map((campaign) => {
      const candidates = accounts
        .filter(({ platform }) => campaign.platforms.includes(platform))
        .map((account) => {
          const participation = participationOf(joined, campaign, account);
          return { ...account, participation, joined: participation !== undefined };
        });
      return {
        campaign,
        brandName: names.get(campaign.brandId)!,
        closure: joinClosure(campaign, brand, now),
        faults: creatorFaults(campaign, country, candidates, now),
        accounts: candidates.map(({ participation, ...account }) => ({
          account,
          faults: accountFaults(campaign, country, account, now),
          participationId: participation?.partnerId === partnerId ? participation.id : null,
        })),
      };
    });
  }
}

function participationOf(
  joined: readonly Participation[],
  { id }: PublicCampaign,
  { platform, platformUserId }: CreatorAccount,
): Participation | undefined {
  return joined.find(
    (one) => one.campaignId === id && one.platform === platform && one.platformUserId === platformUserId,
  );
}
