import { Injectable } from '@nestjs/common';
import { Brands } from '../../brands/index.js';
import { EventLog, type PartnerActor } from '../../identity/index.js';
import { Clock, Ids, invalidField, notFound, type Tx } from '../../platform/index.js';
import { lockCampaign, type PublicCampaign } from '../campaigns/campaign-rows.js';
import { joinClosure } from '../domain/campaign-status.js';
import { accountFaults } from '../domain/eligibility.js';
import { alreadyJoined, campaignClosed, notEligible } from '../public-campaigns.errors.js';
import { type CreatorAccount, CreatorAccounts } from './creator-accounts.service.js';
import { getParticipation, type Participation, participationsOf } from './participation-rows.js';

/** What a creator decides when it joins. */
export interface Joining {
  connectedAccountId: string;
  /** The version of the terms that was read and accepted. */
  acceptedTermsVersion: number;
}

/** Creators join campaigns with an account (E05, rule 7.2). */
@Injectable()
export class JoiningCampaigns {
  constructor(
    private readonly creators: CreatorAccounts,
    private readonly brands: Brands,
    private readonly eventLog: EventLog,
    private readonly ids: Ids,
    private readonly clock: Clock,
  ) {}

  /**
   * Joins a campaign with an account, once; whoever is asked has just signed in. While it is decided nothing is accrued
   * to the campaign: at a full budget nobody joins (E03).
   * @throws DomainError NOT_FOUND for a campaign that was never published, or of a brand that works with us no more;
   *   CAMPAIGN_… (409) while nobody can join; VALIDATION_FAILED (422) for an account that is not one's own;
   *   ALREADY_JOINED (409); NOT_ELIGIBLE (422) with `reasons`
   */
  async join(tx: Tx, actor: PartnerActor, campaignId: string, joining: Joining): Promise<Participation> {
    const { partnerId } = actor;
    const campaign = await lockCampaign(tx, campaignId, 'join');
    if (!campaign?.publishedAt) throw notFound('job');
    const now = this.clock.now();
    const closure = joinClosure(campaign, await this.brands.get(tx, campaign.brandId), now);
    if (closure === 'BRAND_ARCHIVED') throw notFound('job');
    if (closure) throw campaignClosed(closure);
    const { country, accounts } = await this.creators.get(tx, partnerId);
    const account = accounts.find(({ id }) => id === joining.connectedAccountId);
    if (!account) throw invalidField('connectedAccountId', 'must be the id of a connected account of yours');
    const joined = (await participationsOf(tx, [account], [campaignId])).length > 0;
    const faults = accountFaults(campaign, country, { ...account, joined }, now);
    if (joined) throw alreadyJoined();
    const accepted = joining.acceptedTermsVersion === campaign.termsVersion;
    if (faults.length > 0 || !accepted) throw notEligible(faults, accepted ? null : campaign.termsVersion);
    const id = await this.insert(tx, actor, campaign, account);
    await this.eventLog.record(tx, actor, {
      partnerId,
      type: 'campaign_joined',
      subjectId: id,
      data: { campaign: campaign.title, platform: account.platform },
    });
    return getParticipation(tx, id, partnerId);
  }

  private async insert(
    tx: Tx,
    { partnerId, userId }: PartnerActor,
    campaign: PublicCampaign,
    account: CreatorAccount,
  ): Promise<string> {
    const now = this.clock.now();
    const inserted = await tx.query<{ id: string }[]>(
      `INSERT INTO participations (id, campaign_id, partner_id, connected_account_id, platform, platform_user_id, handle,
                                   terms_version, joined_by, joined_at, collect_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, greatest($10::timestamptz, $11))
       ON CONFLICT ON CONSTRAINT participations_once_per_account DO NOTHING RETURNING id`,
      [
        this.ids.next(),
        campaign.id,
        partnerId,
        account.id,
        account.platform,
        account.platformUserId,
        account.handle,
        campaign.termsVersion,
        userId,
        now,
        campaign.postingFrom,
      ],
    );
    if (!inserted[0]) throw alreadyJoined();
    return inserted[0].id;
  }
}
