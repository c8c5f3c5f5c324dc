import type { Dimensions, TimeSql } from './sources.js';

/** A campaign's strategy in one word: that of its plan's only strategy, else `hybrid`. */
export const STRATEGIES = ['cpl', 'cpa', 'sale', 'revshare', 'sub_affiliate', 'hybrid'] as const;

/** SQL of that word over a version of the plan. */
export const strategySql = (version: string): string => `CASE jsonb_array_length(${version}.strategies)
  WHEN 1 THEN ${version}.strategies -> 0 ->> 'type' ELSE CASE WHEN ${version}.strategies IS NOT NULL THEN 'hybrid' END END`;

/** What a grouper's value is made of. */
export interface GroupedFact extends Dimensions {
  /** SQL of the strategy of the fact's campaign. */
  readonly strategy: string;
}

export interface Grouper {
  readonly title: string;
  readonly description: string;
  /** Name of the row's cell. */
  readonly cell: string;
  readonly type: 'date' | 'string';
  /** The table and the column of the names of what it identifies. */
  readonly named?: { readonly table: string; readonly column: string };
  /** Periods exclude one another: a report has at most one. */
  readonly period: boolean;
  /**
   * SQL of the group's value.
   * @param add takes a value of the request in and gives its placeholder
   */
  readonly value: (fact: GroupedFact, time: TimeSql, add: (value: string, type: 'text') => string) => string;
}

const UNITS = ['day', 'week', 'month', 'year'] as const;
const FIRST_DAY = {
  day: 'Calendar day in the report’s time zone',
  week: 'Week from Monday; the cell is its first day',
  month: 'Calendar month; the cell is its first day',
  year: 'Calendar year; the cell is its first day',
} as const;

/** One grouper for each length of a period. */
function periods<P extends string>(
  prefix: P,
  about: string,
  local: (fact: Dimensions, time: TimeSql) => string,
): Record<`${P}${(typeof UNITS)[number]}`, Grouper> {
  const groupers = UNITS.map((unit): [string, Grouper] => [
    `${prefix}${unit}`,
    {
      title: `${about}${unit}`.replace(/^./, (letter) => letter.toUpperCase()),
      description: FIRST_DAY[unit],
      cell: `${prefix}date`,
      type: 'date',
      period: true,
      value: (fact, time) => `date_trunc('${unit}', ${local(fact, time)})::date`,
    },
  ]);
  return Object.fromEntries(groupers) as Record<`${P}${(typeof UNITS)[number]}`, Grouper>;
}

const word = (
  title: string,
  description: string,
  cell: string,
  dimension: Exclude<keyof GroupedFact, 'local'>,
  named?: Grouper['named'],
): Grouper => ({
  title,
  description,
  cell,
  type: 'string',
  named,
  period: false,
  value: (fact) => fact[dimension],
});

/** The one catalogue of groupers; those by a parameter of the tracking link have a prefix instead of a name. */
export const GROUPERS = {
  ...periods('', '', ({ local }, time) => local(time)),
  brand: word('Brand', 'Brand', 'brand_id', 'brand', { table: 'brands', column: 'name' }),
  campaign: word(
    'Campaign',
    'Campaign; nothing for what concerns a bill as a whole',
    'campaign_id',
    'campaign',
    { table: 'campaigns', column: 'name' },
  ),
  promo: word('Promo', 'Promo, that is one tracking link', 'promo_id', 'promo', {
    table: 'promos',
    column: 'title',
  }),
  strategy: word(
    'Strategy',
    'The strategy of the campaign’s plan, by the terms in force when the report is made: cpl, cpa, sale, revshare, sub_affiliate, or hybrid for several',
    'strategy',
    'strategy',
  ),
  player: word('Player', 'Player, by our id; nothing for visits and commission', 'player', 'player'),
  player_country: word(
    'Player country',
    'The player’s country, of a visit the visitor’s; nothing for commission',
    'player_country',
    'country',
  ),
  ...periods('sign_up_at_', 'Sign-up ', ({ signedUpAt }, { zone }) => `(${signedUpAt} AT TIME ZONE ${zone})`),
  ...periods(
    'first_deposit_',
    'First deposit ',
    ({ firstDepositAt }, { zone }) => `(${firstDepositAt} AT TIME ZONE ${zone})`,
  ),
} as const satisfies Record<string, Grouper>;

/** Only in reports over the whole program. */
export const PROGRAM_GROUPERS = {
  partner: word('Partner', 'Partner', 'partner_id', 'partner', { table: 'partners', column: 'name' }),
} as const satisfies Record<string, Grouper>;

/** Groupers by a parameter of the tracking link are named by this and the parameter's name. */
export const TAG_PREFIX = 'dynamic_tag_';

/** Describes them all. */
export const TAG_GROUPER = {
  title: 'Parameter of the link',
  description:
    'Value of the tracking link’s own parameter of that name, such as dynamic_tag_clickid; nothing for commission',
};
const LONGEST_TAG = 100;

export type GrouperName =
  keyof typeof GROUPERS | keyof typeof PROGRAM_GROUPERS | `${typeof TAG_PREFIX}${string}`;

/** Whether a report of the audience has a grouper of that name. */
export function isGrouper(name: string, audience: Audience): name is GrouperName {
  if (name.startsWith(TAG_PREFIX)) {
    const tag = name.slice(TAG_PREFIX.length);
    return tag.length > 0 && tag.length <= LONGEST_TAG && !tag.includes('\0');
  }
  return Object.hasOwn(GROUPERS, name) || (audience === 'operator' && Object.hasOwn(PROGRAM_GROUPERS, name));
}

/** Whose report it is: one partner's own, or the operator's over the whole program. */
export type Audience = 'partner' | 'operator';

/** Definition of a grouper. */
export function grouperOf(name: GrouperName): Grouper {
  if (name.startsWith(TAG_PREFIX)) return tagGrouper(name);
  return { ...GROUPERS, ...PROGRAM_GROUPERS }[name as Exclude<GrouperName, `${typeof TAG_PREFIX}${string}`>];
}

function tagGrouper(name: string): Grouper {
  const tag = name.slice(TAG_PREFIX.length);
  return {
    ...TAG_GROUPER,
    title: tag,
    cell: name,
    type: 'string',
    period: false,
    value: ({ query }, _, add) => `${query} ->> ${add(tag, 'text')}`,
  };
}
