/** States of an ad campaign: only a running one is served. */
export const AD_CAMPAIGN_STATES = ['draft', 'running', 'paused', 'ended'] as const;
export type AdCampaignState = (typeof AD_CAMPAIGN_STATES)[number];

/** What may happen to an ad campaign, and where it leads from which state; what is not here is refused (rule 9.3). */
export const AD_CAMPAIGN_TRANSITIONS = {
  /** Reserves its impressions. */
  launch: { draft: 'running' },
  /** By the partner, or by itself when no impression is left. */
  pause: { running: 'paused' },
  resume: { paused: 'running' },
  /** Gives its unused impressions back; by the partner, or by its end date. */
  end: { running: 'ended', paused: 'ended' },
  /** Changes its name, ads, targeting and end; the impressions and the start are fixed once it is launched. */
  change: { draft: 'draft', running: 'running', paused: 'paused' },
  delete: { draft: 'draft' },
} as const satisfies Record<string, Partial<Record<AdCampaignState, AdCampaignState>>>;

export type AdCampaignAction = keyof typeof AD_CAMPAIGN_TRANSITIONS;

/** Whether a campaign with this end is over: nothing of it runs any more, also before a job has ended it. */
export function isOver({ endsAt }: { readonly endsAt: Date | null }, now: Date): boolean {
  return endsAt !== null && endsAt <= now;
}

/** The states in which the action is possible. */
export function statesFor(action: AdCampaignAction): AdCampaignState[] {
  return Object.keys(AD_CAMPAIGN_TRANSITIONS[action]) as AdCampaignState[];
}

/** The state that an action leads to which leads to one only. */
export function stateAfter(action: Exclude<AdCampaignAction, 'change'>): AdCampaignState {
  return Object.values<AdCampaignState>(AD_CAMPAIGN_TRANSITIONS[action])[0]!;
}
