import { campaignStatus, closesAt } from '../domain/campaign-status.js';
import { campaignClosed } from '../public-campaigns.errors.js';
import type { PublicCampaign } from './campaign-rows.js';

/**
 * Checks that creators may join the campaign now (E03, E04, rule 7.2).
 * @throws DomainError CAMPAIGN_DRAFT, CAMPAIGN_PAUSED, CAMPAIGN_CANCELLED, CAMPAIGN_OVER_BUDGET, CAMPAIGN_FINISHED (409)
 */
export function assertJoinable(campaign: PublicCampaign, now: Date): void {
  if (campaign.state !== 'published') throw campaignClosed(campaign.state);
  const status = campaignStatus(campaign, now);
  if (status === 'over_budget' || status === 'finished') throw campaignClosed(status);
}

/**
 * Checks that the campaign takes posts now: while it runs with budget left, and for a while after its end those that were
 * made before (E03, E06).
 * @throws DomainError as {@link assertJoinable}, and CAMPAIGN_UPCOMING (409)
 */
export function assertTakesPosts(campaign: PublicCampaign, now: Date): void {
  if (campaign.state !== 'published') throw campaignClosed(campaign.state);
  if (now < campaign.startsAt) throw campaignClosed('upcoming');
  if (now >= closesAt(campaign)) throw campaignClosed('finished');
  if (campaign.consumedMinor >= campaign.budgetMinor) throw campaignClosed('over_budget');
}
