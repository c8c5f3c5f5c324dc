import { type Column, measured, ratio, sum } from './column.js';
import { depositingPlayers } from './columns-of-players.js';

const depositsCount = measured('deposits_count', { title: 'Deposits' });
const depositsSum = measured('deposits', { title: 'Deposits sum' });
const bonuses = sum('money', 'bonus_issues_sum', 'Bonuses', 'Sum of casino bonuses issued');
const ggr = measured('ggr');

/** Money that players brought and took. */
const PAYMENTS = {
  deposits_count: depositsCount,
  deposits_sum: depositsSum,
  average_deposits_count: ratio('decimal', [depositsCount, depositingPlayers], {
    title: 'Average deposits',
    description: 'Deposits / depositing players',
  }),
  average_deposit_amount: ratio('money', [depositsSum, depositsCount], {
    title: 'Average deposit',
    description: 'Deposits sum / deposits',
  }),
  cashouts_count: sum('integer', 'cashouts_count', 'Cash-outs', 'How many cash-outs players made'),
  cashouts_sum: measured('cashouts', { title: 'Cash-outs sum' }),
  chargebacks_count: sum(
    'integer',
    'chargebacks_count',
    'Chargebacks',
    'How many deposits were charged back',
  ),
  chargebacks_sum: measured('chargebacks', { title: 'Chargebacks sum' }),
  net_deposits: measured('net_deposits'),
} as const satisfies Record<string, Column>;

const CASINO = {
  casino_bets_count: sum(
    'integer',
    'casino_bets_count',
    'Casino bets',
    'How many bets were placed in the casino',
  ),
  casino_total_bets_sum: sum('money', 'bets_sum', 'Casino bets sum', 'Sum of casino bets'),
  casino_total_wins_sum: sum('money', 'wins_sum', 'Casino wins sum', 'Sum of casino wins'),
  bonus_issues_sum: bonuses,
  casino_bonus_ratio: ratio('percent', [bonuses, ggr], {
    title: 'Casino bonus ratio',
    description: 'Bonuses in per cent of GGR',
  }),
  additional_deductions_sum: sum(
    'money',
    'additional_deductions_sum',
    'Additional deductions',
    'Sum of further deductions that the brand has reported',
  ),
  casino_taxes_sum: sum('money', 'taxes_sum', 'Casino taxes', 'Sum of taxes on casino play'),
  payment_system_fees_sum: sum(
    'money',
    'payment_system_fees_sum',
    'Payment system fees',
    'Sum of fees of payment systems',
  ),
  game_provider_fees_sum: sum(
    'money',
    'game_provider_fees_sum',
    'Game provider fees',
    'Sum of fees of game providers',
  ),
  jackpot_fees_sum: sum('money', 'jackpot_fees_sum', 'Jackpot fees', 'Sum of contributions to jackpots'),
  ggr,
  real_ggr: measured('real_ggr'),
  ngr: measured('ngr'),
  real_ngr: measured('net_gaming', { title: 'Real NGR', description: 'NGR before the admin fee' }),
  admin_fee: measured('admin_fee'),
  wager: measured('wager'),
} as const satisfies Record<string, Column>;

const SPORTSBOOK = {
  sb_bets_sum: sum('money', 'sb_bets_sum', 'Sportsbook bets sum', 'Sum of sportsbook bets placed'),
  sb_settled_bets_sum: measured('sb_wager', {
    title: 'Sportsbook settled bets sum',
    description: 'Sum of sportsbook bets that were settled',
  }),
  sb_total_wins_sum: sum('money', 'sb_wins_sum', 'Sportsbook wins sum', 'Sum of sportsbook wins'),
  sb_bonuses_sum: sum('money', 'sb_bonuses_sum', 'Sportsbook bonuses', 'Sum of sportsbook bonuses'),
  sb_balance_corrections_sum: sum(
    'money',
    'sb_balance_corrections_sum',
    'Sportsbook balance corrections',
    'Sum of corrections of players’ sportsbook balances',
  ),
  sb_third_party_fees_sum: sum(
    'money',
    'sb_third_party_fees_sum',
    'Sportsbook third-party fees',
    'Sum of third parties’ fees for the sportsbook',
  ),
  sb_total_cancelled_bets_sum: sum(
    'money',
    'sb_cancelled_bets_sum',
    'Sportsbook cancelled bets sum',
    'Sum of sportsbook bets that were cancelled',
  ),
  sb_ggr: measured('sb_ggr'),
  sb_real_ggr: measured('sb_real_ggr'),
  sb_ngr: measured('sb_ngr'),
  sb_real_ngr: measured('sb_net_gaming', {
    title: 'Sportsbook real NGR',
    description: 'Sportsbook NGR before the admin fee',
  }),
  sb_admin_fee: measured('sb_admin_fee'),
} as const satisfies Record<string, Column>;

const POKER = {
  poker_rounds_count: sum(
    'integer',
    'poker_rounds_count',
    'Poker rounds',
    'How many rounds of poker were played',
  ),
  poker_bets_sum: sum('money', 'poker_bets_sum', 'Poker bets sum', 'Sum of poker bets'),
  poker_rake_sum: measured('poker_rake'),
  poker_bonuses_sum: sum('money', 'poker_bonuses_sum', 'Poker bonuses', 'Sum of poker bonuses'),
  poker_balance_corrections_sum: sum(
    'money',
    'poker_balance_corrections_sum',
    'Poker balance corrections',
    'Sum of corrections of players’ poker balances',
  ),
  poker_third_party_fees_sum: sum(
    'money',
    'poker_third_party_fees_sum',
    'Poker third-party fees',
    'Sum of third parties’ fees for poker',
  ),
  poker_ngr: measured('poker_ngr'),
  poker_real_ngr: measured('poker_net_gaming', {
    title: 'Poker real NGR',
    description: 'Poker NGR before the admin fee',
  }),
  poker_admin_fee: measured('poker_admin_fee'),
} as const satisfies Record<string, Column>;

/** What players did. */
export const COLUMNS_OF_PLAY = {
  ...PAYMENTS,
  ...CASINO,
  ...SPORTSBOOK,
  ...POKER,
  clean_net_revenue: measured('clean_net_revenue'),
} as const satisfies Record<string, Column>;
