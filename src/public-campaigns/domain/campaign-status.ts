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

/** Why nobody can join a campaign now (E03, E04). */
export const JOIN_CLOSURES = {
  BRAND_ARCHIVED: 'The brand works with the program no more.',
  CAMPAIGN_DRAFT: 'The campaign is not published.',
  CAMPAIGN_PAUSED: 'The campaign is paused by its brand.',
  CAMPAIGN_CANCELLED: 'The campaign was cancelled by its brand.',
  CAMPAIGN_OVER_BUDGET: 'The campaign has used up its budget.',
  CAMPAIGN_FINISHED: 'The campaign is over.',
} as const;
export type JoinClosure = keyof typeof JOIN_CLOSURES;

/** States and statuses in which nobody joins. */
export const CLOSED_BY = {
  draft: 'CAMPAIGN_DRAFT',
  paused: 'CAMPAIGN_PAUSED',
  cancelled: 'CAMPAIGN_CANCELLED',
  upcoming: null,
  ongoing: null,
  over_budget: 'CAMPAIGN_OVER_BUDGET',
  finished: 'CAMPAIGN_FINISHED',
} as const satisfies Record<Exclude<CampaignState, 'published'> | CampaignStatus, JoinClosure | null>;

/** Why nobody can join the campaign at an instant (E03, E04, rule 7.2); null when it is open. */
export function joinClosure(
  campaign: CampaignFacts & { state: CampaignState },
  brand: { state: 'active' | 'archived' },
  now: Date,
): JoinClosure | null {
  if (brand.state !== 'active') return 'BRAND_ARCHIVED';
  const { state } = campaign;
  return CLOSED_BY[state === 'published' ? campaignStatus(campaign, now) : state];
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

/** What decides whether a campaign pays. */
export interface PayingFacts {
  state: CampaignState;
  endsAt: Date;
  cancelledAt: Date | null;
}

/** Whether posts may be given more of the budget: not while the campaign is paused, but again from its end on. */
export function sharesOut(campaign: PayingFacts, now: Date): boolean {
  return campaign.state !== 'paused' || overAt(campaign) <= now;
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

/** The campaigns that were over by this instant have their undecided posts approved. */
export function approvedIfOverBefore(now: Date): Date {
  return new Date(now.getTime() - APPROVED_AFTER_DAYS * 24 * HOUR_MS);
}

/** Whether the time to decide on posts that count is over: they approve themselves, whether or not a job has seen it yet. */
export function reviewIsOver(campaign: { endsAt: Date; cancelledAt: Date | null }, now: Date): boolean {
  return overAt(campaign) <= approvedIfOverBefore(now);
}
