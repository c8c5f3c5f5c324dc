import { type Column, ratio, sum } from './column.js';

const registrations = sum('integer', 'registrations', 'Registrations', 'Players who signed up');
const firstDeposits = sum(
  'integer',
  'first_deposits',
  'First deposits',
  'Players who made their first deposit',
);
const firstDepositsSum = sum(
  'money',
  'first_deposits_sum',
  'First deposits sum',
  'Sum of players’ first deposits',
);

/** Players who deposited; averages per depositing player divide by it. */
export const depositingPlayers = sum(
  'integer',
  'depositing_players',
  'Depositing players',
  'Players who deposited, each once however often; so a month is not the sum of its days',
);

/** Visits, and how players came and what became of them. */
export const COLUMNS_OF_PLAYERS = {
  visits_count: sum('integer', 'visits', 'Visits', 'Clicks on tracking links'),
  unique_visits_count: sum(
    'integer',
    'unique_visits',
    'Unique visits',
    'Visits without those of bots and without duplicates; a duplicate is known a minute or two after its click',
  ),
  registrations_count: registrations,
  depositing_players_count: depositingPlayers,
  qualified_players_count: sum(
    'integer',
    'qualified_players',
    'Qualified players',
    'Players who have met the criteria of a CPA strategy, at the time when they met the last one',
  ),
  duplicated_players_count: sum(
    'integer',
    'duplicated_players',
    'Duplicated players',
    'Players, by their sign-up, whom the brand has reported as duplicates',
  ),
  self_excluded_players_count: sum(
    'integer',
    'self_excluded_players',
    'Self-excluded players',
    'Players, by their sign-up, who have excluded themselves from play',
  ),
  disabled_players_count: sum(
    'integer',
    'disabled_players',
    'Disabled players',
    'Players, by their sign-up, whom the brand has disabled',
  ),
  first_deposits_count: firstDeposits,
  first_deposits_sum: firstDepositsSum,
  first_deposits_conversion_rate: ratio('percent', [firstDeposits, registrations], {
    title: 'First deposits conversion rate',
    description: 'First deposits in per cent of registrations',
  }),
  average_first_deposit_amount: ratio('money', [firstDepositsSum, firstDeposits], {
    title: 'Average first deposit',
    description: 'First deposits sum / first deposits',
  }),
} as const satisfies Record<string, Column>;
