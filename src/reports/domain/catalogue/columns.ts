import { type Column, sum } from './column.js';
import { COLUMNS_OF_PLAY } from './columns-of-play.js';
import { COLUMNS_OF_PLAYERS } from './columns-of-players.js';

const income = (counter: string, title: string, description: string): Column =>
  sum('money', counter, title, description);

/** What partners earned, on the last day of the period of the bill that says so. */
const COLUMNS_OF_COMMISSION = {
  partner_income: income(
    'partner_income',
    'Partner income',
    'Commission billed, on the last day of the bill’s period; without carried amounts and cancelled bills. What sub-affiliates brought is in no other column',
  ),
  payable_ngr: income(
    'payable_ngr',
    'Payable NGR',
    'NGR of casino, sportsbook and poker that revenue share was billed on',
  ),
  fixed: income('fixed', 'Fixed', 'Part of the partner income: for approved orders'),
  fixed_per_player: income(
    'fixed_per_player',
    'Fixed per player',
    'Part of the partner income: fixed amounts for registered and for qualified players (CPL, CPA)',
  ),
  ngr_percent: income(
    'ngr_percent',
    'Share of revenue',
    'Part of the partner income: revenue share of NGR and GGR, of casino, sportsbook and poker',
  ),
  deposits_sum_percent: income(
    'deposits_sum_percent',
    'Share of deposits',
    'Part of the partner income: revenue share of deposits and of net deposits',
  ),
  wager_percent: income(
    'wager_percent',
    'Share of wager',
    'Part of the partner income: revenue share of casino and of sportsbook wager',
  ),
} as const satisfies Record<string, Column>;

/** The one catalogue of report columns: validation, SQL, attributes and documentation read it (rule 11.1). */
export const COLUMNS = {
  ...COLUMNS_OF_PLAYERS,
  ...COLUMNS_OF_PLAY,
  ...COLUMNS_OF_COMMISSION,
} as const satisfies Record<string, Column>;

export type ColumnName = keyof typeof COLUMNS;

/** Definition of a column. */
export function columnOf(name: ColumnName): Column {
  return COLUMNS[name];
}
