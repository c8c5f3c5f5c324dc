import { ApiProperty } from '@nestjs/swagger';
import { type ActivityColumn, COUNT_COLUMNS } from '../commissions/index.js';

/** What the figures of an activity are, beside those of deposits. */
const MEANINGS: Readonly<Record<Exclude<ActivityColumn, 'deposits_sum' | 'deposits_count'>, string>> = {
  cashouts_sum: 'What the player withdrew.',
  cashouts_count: 'How many withdrawals that were.',
  bets_sum: 'Casino bets.',
  wins_sum: 'Casino wins.',
  casino_bets_count: 'How many casino bets there were.',
  bonus_issues_sum: 'Casino bonuses given out.',
  chargebacks_sum: 'Deposits that were charged back.',
  chargebacks_count: 'How many chargebacks that were.',
  additional_deductions_sum: 'Other deductions from casino revenue.',
  taxes_sum: 'Taxes on casino revenue.',
  payment_system_fees_sum: 'Fees of payment systems.',
  game_provider_fees_sum: 'Fees of game providers.',
  jackpot_fees_sum: 'Contributions to jackpots.',
  sb_bets_sum: 'Sportsbook bets that were placed.',
  sb_settled_bets_sum: 'Sportsbook bets that were settled: sportsbook GGR is these less the wins.',
  sb_wins_sum: 'Sportsbook wins.',
  sb_bonuses_sum: 'Sportsbook bonuses.',
  sb_balance_corrections_sum: 'Corrections of balances, of the sportsbook.',
  sb_third_party_fees_sum: 'Fees of third parties, of the sportsbook.',
  sb_cancelled_bets_sum: 'Sportsbook bets that were cancelled.',
  poker_bets_sum: 'Poker bets.',
  poker_rake_sum: 'Poker rake.',
  poker_rounds_count: 'How many poker rounds were played.',
  poker_bonuses_sum: 'Poker bonuses.',
  poker_balance_corrections_sum: 'Corrections of balances, of poker.',
  poker_third_party_fees_sum: 'Fees of third parties, of poker.',
};

/** Documents all figures of an activity that the class does not name itself. */
export function ApiActivityFigures(): ClassDecorator {
  return ({ prototype }) => {
    for (const [column, description] of Object.entries(MEANINGS)) {
      const isCount = (COUNT_COLUMNS as readonly string[]).includes(column);
      ApiProperty({
        required: false,
        description: isCount ? description : `${description} Minor units.`,
        type: Object,
        oneOf: [{ type: 'string', pattern: '^-?[0-9]{1,15}$' }, { type: 'integer' }],
        example: isCount ? 3 : '1250',
      })(prototype as object, isCount ? column : `${column}_cents`);
    }
  };
}
