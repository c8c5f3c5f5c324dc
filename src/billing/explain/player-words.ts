import type { assessQualification, CriterionResult, PlanVersion } from '../../commissions/index.js';
import { Money } from '../../platform/index.js';
import type { AssignedQualification } from '../domain/assign-qualification.js';
import type {
  ExplainedCriterionDto,
  PlayerOutcome,
  RecordedQualificationDto,
} from './player-explanation.dto.js';

/** The period that pays for a player by its facts of today. */
export interface PayingPeriod extends AssignedQualification {
  readonly periodEnd: Date;
  readonly isOver: boolean;
}

/** What was decided of a player, and what its facts come to. */
export interface PlayerStanding extends ReturnType<typeof assessQualification> {
  readonly recorded: RecordedQualificationDto | null;
  readonly paying: PayingPeriod | null;
  /** Whether the partner was suspended when the criteria were met. */
  readonly suspended: boolean;
  readonly terms: Pick<PlanVersion, 'currency'>;
}

const TITLES: Record<CriterionResult['criterion'], string> = {
  good_standing: 'No flag against the player',
  country: 'Country',
  first_deposit: 'First deposit',
  deposits_sum: 'Deposits in total',
  deposits_count: 'Number of deposits',
  wager: 'Wager',
};

/** How it stands: what runs have decided beside what the facts of today call for. */
export function outcomeOf({ recorded, paying, strategies }: PlayerStanding): PlayerOutcome {
  const isPaid = recorded !== null && recorded.revokedAt === null;
  if (isPaid) return paying ? 'qualified' : 'to_be_revoked';
  if (paying) return paying.isOver ? 'awaits_bill_run' : 'awaits_period_end';
  if (recorded) return 'revoked';
  return strategies.length > 0 ? 'not_qualified' : 'not_paid_for';
}

/** The outcome in a sentence. */
export function summaryOf(standing: PlayerStanding): string {
  const { recorded, paying } = standing;
  switch (outcomeOf(standing)) {
    case 'qualified':
      return `Qualified at ${instant(recorded!.qualifiedAt)} and paid for in the period from ${instant(recorded!.periodStart)}.`;
    case 'to_be_revoked':
      return `Paid for, but no longer qualified: ${shortfall(standing)} The next bill run takes it back.`;
    case 'revoked':
      return `Taken back at ${instant(recorded!.revokedAt!)}: ${shortfall(standing)}`;
    case 'awaits_bill_run':
      return `Qualified at ${instant(paying!.at)}; the next bill run pays for it.`;
    case 'awaits_period_end':
      return `Qualified at ${instant(paying!.at)}; the bill run after ${instant(paying!.periodEnd)} pays for it.`;
    case 'not_qualified':
      return `Not qualified: ${shortfall(standing)}`;
    case 'not_paid_for':
      return 'The plan pays nothing for qualified players.';
  }
}

/** A criterion as the API shows it. */
export function toCriterion(result: CriterionResult, currency: string): ExplainedCriterionDto {
  const { criterion, required, reached, met, metAt } = result;
  return {
    criterion,
    title: TITLES[criterion],
    required: valueText(required, currency),
    reached: valueText(reached, currency),
    met,
    metAt,
  };
}

function valueText(value: CriterionResult['required'], currency: string): string | null {
  if (value === null) return null;
  if (typeof value === 'bigint') return Money.of(value, currency).toString();
  if (typeof value === 'number') return String(value);
  return value.length === 0 ? null : value.join(', ');
}

/** What keeps the player from being qualified by the strategy that it has come closest to. */
function shortfall({ first, suspended, strategies, terms: { currency } }: PlayerStanding): string {
  if (first) {
    const why = suspended ? 'while the partner was suspended' : 'when other terms applied';
    return `the criteria were met at ${instant(first.at)}, ${why}.`;
  }
  const missing = strategies
    .map(({ criteria }) => criteria.filter(({ met }) => !met))
    .reduce<CriterionResult[] | null>((a, b) => (a && a.length <= b.length ? a : b), null);
  if (!missing) return 'the plan pays nothing for qualified players.';
  return `${missing.map((result) => missingText(result, currency)).join(', ')}.`;
}

function missingText(result: CriterionResult, currency: string): string {
  const { criterion, required, reached } = toCriterion(result, currency);
  if (criterion === 'good_standing') return `the player is flagged (${reached})`;
  if (criterion === 'country') return `country is ${reached ?? 'unknown'}, not ${required}`;
  const unit = typeof result.required === 'bigint' ? ` ${currency}` : '';
  return `${TITLES[criterion].toLowerCase()} is ${reached} of ${required}${unit}`;
}

function instant(at: Date): string {
  return at.toISOString();
}

/** The criterion that was met last by the player's facts, in words; null when not all are met. */
export function lastCriterionOf({ at, criteria }: PlayerStanding['strategies'][number]): string | null {
  if (!at) return null;
  const last = criteria.reduce((a, b) => (b.metAt! > a.metAt! ? b : a));
  return last.criterion === 'good_standing' ? 'Registration' : TITLES[last.criterion];
}
