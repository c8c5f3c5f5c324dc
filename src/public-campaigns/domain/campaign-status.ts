/** States that a brand puts its campaign into; a published one has a status besides. */
export const CAMPAIGN_STATES = ['draft', 'published', 'paused', 'cancelled'] as const;
export type CampaignState = (typeof CAMPAIGN_STATES)[number];

export const CAMPAIGN_STATUSES = ['upcoming', 'ongoing', 'over_budget', 'finished'] as const;
export type CampaignStatus = (typeof CAMPAIGN_STATUSES)[number];

/** What a brand does with its campaign. */
export type CampaignAction = 'publish' | 'pause' | 'resume' | 'cancel';

/** The life of a campaign (E04): from which states an action leads where. A cancelled one is so for good. */
export const CAMPAIGN_TRANSITIONS: Readonly<
  Record<CampaignAction, { from: readonly CampaignState[]; to: CampaignState }>
> = {
  publish: { from: ['draft'], to: 'published' },
  pause: { from: ['published'], to: 'paused' },
  resume: { from: ['paused'], to: 'published' },
  cancel: { from: ['draft', 'published', 'paused'], to: 'cancelled' },
};

/** What the status of a campaign follows from; amounts in minor units. */
export interface CampaignFacts {
  startsAt: Date;
  endsAt: Date;
  budgetMinor: bigint;
  consumedMinor: bigint;
}

/**
 * The status of a published campaign at an instant (E04, rule 7.1): half-open, so that it is ongoing at its start and
 * finished at its end; finished wins over over budget.
 */
export function campaignStatus(
  { startsAt, endsAt, budgetMinor, consumedMinor }: CampaignFacts,
  now: Date,
): CampaignStatus {
  if (now < startsAt) return 'upcoming';
  if (now >= endsAt) return 'finished';
  return consumedMinor >= budgetMinor ? 'over_budget' : 'ongoing';
}

/** How much of the budget is consumed, in whole per cent: rounded down, 100 at most (E03, rule 7.1). */
export function consumptionPercent({
  budgetMinor,
  consumedMinor,
}: Pick<CampaignFacts, 'budgetMinor' | 'consumedMinor'>): number {
  const percent = (consumedMinor * 100n) / budgetMinor;
  return Number(percent > 100n ? 100n : percent);
}

/** When a campaign is over: at its end, or when it was cancelled before. */
export function overAt({ endsAt, cancelledAt }: { endsAt: Date; cancelledAt: Date | null }): Date {
  return cancelledAt && cancelledAt < endsAt ? cancelledAt : endsAt;
}
const HOUR_MS = 3_600_000;
/** Posts are found and counted for so long after the end: one made at the last minute takes a while to be collected. */
export const CLOSES_AFTER_HOURS = 24;
/** Posts that nobody has decided on approve themselves so many days after the end (rule 7.6). */
const APPROVED_AFTER_DAYS = 14;

/** When the figures of a campaign are final. */
export function closesAt(campaign: { endsAt: Date; cancelledAt: Date | null }): Date {
  return new Date(overAt(campaign).getTime() + CLOSES_AFTER_HOURS * HOUR_MS);
}

/** The campaigns that were over before this instant have their undecided posts approved. */
export function approvedIfOverBefore(now: Date): Date {
  return new Date(now.getTime() - APPROVED_AFTER_DAYS * 24 * HOUR_MS);
}
