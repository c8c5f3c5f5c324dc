import { CLOSED_BY, closesAt } from '../domain/campaign-status.js';
import { campaignClosed } from '../public-campaigns.errors.js';
import type { PublicCampaign } from './campaign-rows.js';

/**
 * Checks that the campaign takes posts now: while it runs with budget left, and for a while after its end those that were
 * made before (E03, E06).
 * @throws DomainError CAMPAIGN_PAUSED, CAMPAIGN_CANCELLED, CAMPAIGN_UPCOMING, CAMPAIGN_FINISHED, CAMPAIGN_OVER_BUDGET (409)
 */
export function assertTakesPosts(campaign: PublicCampaign, now: Date): void {
  if (campaign.state !== 'published') throw campaignClosed(CLOSED_BY[campaign.state]);
  if (now < campaign.startsAt) throw campaignClosed('CAMPAIGN_UPCOMING');
  if (now >= closesAt(campaign)) throw campaignClosed('CAMPAIGN_FINISHED');
  if (campaign.consumedMinor >= campaign.budgetMinor) throw campaignClosed('CAMPAIGN_OVER_BUDGET');
}
