import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Brands } from '../../brands/index.js';
import { Clock, notFound, type Page } from '../../platform/index.js';
import { findCampaign, listCampaigns, type PublicCampaign } from '../campaigns/campaign-rows.js';
import { accountFaults, creatorFaults, type Ineligibility } from '../domain/eligibility.js';
import type { Platform } from '../domain/post-url.js';
import { type Creator, type CreatorAccount, CreatorAccounts } from '../joining/creator-accounts.service.js';
import { type Participation, participationsIn } from '../joining/participation-rows.js';

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
  /** Everything that keeps it from joining. */
  faults: Ineligibility[];
  /** Its participation, if it has joined. */
  participationId: string | null;
}

/** A campaign as a creator finds it. */
export interface Job {
  campaign: PublicCampaign;
  brandName: string;
  /** Everything that keeps the creator from joining with any of its accounts. */
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
    return { items: await this.before(partnerId, items), nextCursor };
  }

  /**
   * A campaign that is published, or was when the creator joined it.
   * @throws DomainError NOT_FOUND
   */
  async get(partnerId: string, campaignId: string): Promise<Job> {
    const campaign = await findCampaign(this.dataSource, campaignId);
    if (!campaign?.publishedAt) throw notFound('job');
    const [job] = await this.before(partnerId, [campaign]);
    const joined = job!.accounts.some(({ participationId }) => participationId !== null);
    if (campaign.state !== 'published' && !joined) throw notFound('job');
    return job!;
  }

  private async before(partnerId: string, campaigns: readonly PublicCampaign[]): Promise<Job[]> {
    const db = this.dataSource.manager;
    const creator = await this.creators.get(db, partnerId);
    const ids = campaigns.map(({ id }) => id);
    const joined = await participationsIn(db, partnerId, ids);
    const names = await this.brands.names(
      db,
      campaigns.map(({ brandId }) => brandId),
    );
    const now = this.clock.now();
    return campaigns.map((campaign) => ({
      campaign,
      brandName: names.get(campaign.brandId)!,
      faults: creatorFaults(campaign, creator.country, creator.accounts, now),
      accounts: accountsBefore(campaign, creator, joined, now),
    }));
  }
}

/** The creator's accounts at the campaign's platforms. */
function accountsBefore(
  campaign: PublicCampaign,
  { country, accounts }: Creator,
  joined: readonly Participation[],
  now: Date,
): AccountBeforeJob[] {
  return accounts
    .filter(({ platform }) => campaign.platforms.includes(platform))
    .map((account) => ({
      account,
      faults: accountFaults(campaign, country, account, now),
      participationId:
        joined.find((own) => own.campaignId === campaign.id && own.connectedAccountId === account.id)?.id ??
        null,
    }));
}
