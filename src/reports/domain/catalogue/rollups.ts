import { type Dimensions, OF_NO_PLAYER, sourceNamed, type SourceName, type TimeSql } from './sources.js';

/** How fine sums are: of a promo by day or by month, or of a brand by day. */
export type Grain = 'day' | 'month' | 'brand';

/** Sources whose counters are summed together, ahead of any report. */
export interface Family {
  /** What its tables' names begin with. */
  readonly table: string;
  readonly sources: readonly SourceName[];
}

/**
 * Visits are only ever added, so whole days are summed once; of all other facts those that changed are marked, and
 * summed anew. Depositing players are not here: what counts each player once cannot be added up.
 */
export const FAMILIES = {
  visits: { table: 'report_visits', sources: ['visits'] },
  facts: {
    table: 'report_facts',
    sources: ['registrations', 'firstDeposits', 'activity', 'qualifications', 'commission'],
  },
} as const satisfies Record<string, Family>;

export type FamilyName = keyof typeof FAMILIES;

/** The family in which a source is summed ahead; null for those that are not. */
export function familyOf(source: SourceName): FamilyName | null {
  const names = Object.keys(FAMILIES) as FamilyName[];
  return names.find((name) => FAMILIES[name].sources.some((own) => own === source)) ?? null;
}

/** The counters of a family: its tables' columns. */
export function countersOf({ sources }: Family): string[] {
  return sources.flatMap((source) => Object.keys(sourceNamed(source).counters));
}

/** Name of the table of a grain. */
export function tableOf({ table }: Family, grain: Grain): string {
  return grain === 'brand' ? `${table}_of_brands` : `${table}_by_${grain}`;
}

/** What tells sums of a grain from each other. */
export function keysOf(grain: Grain): string[] {
  return grain === 'brand'
    ? ['starts_on', 'brand_id', 'currency']
    : ['starts_on', 'partner_id', 'brand_id', 'campaign_id', 'promo_id', 'currency'];
}

/** What sums can be grouped and filtered by. */
export function dimensionsOf(grain: Grain): Dimensions {
  const ofPromo = (column: string): string => (grain === 'brand' ? 'NULL::uuid' : `r.${column}`);
  return {
    ...OF_NO_PLAYER,
    partner: ofPromo('partner_id'),
    brand: 'r.brand_id',
    campaign: ofPromo('campaign_id'),
    promo: ofPromo('promo_id'),
    local: () => 'r.starts_on::timestamp',
  };
}

/** Time that stands for all times. */
export const EVER: Omit<TimeSql, 'zone'> = {
  from: `'-infinity'::timestamptz`,
  to: `'infinity'::timestamptz`,
  fromDay: `'-infinity'::date`,
  toDay: `'infinity'::date`,
  fromId: `'00000000-0000-0000-0000-000000000000'::uuid`,
  toId: `'ffffffff-ffff-ffff-ffff-ffffffffffff'::uuid`,
};
