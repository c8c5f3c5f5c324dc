import type { Money } from '../../../platform/money/money.js';
import { ENTRY_DAYS } from './code-entry.js';

interface Promised {
  readonly inviterBonus: Money;
  readonly invitedBonus: Money;
  readonly minimumEarnings: readonly Money[];
  readonly windowDays: number;
  readonly holdDays: number;
}

/** How the program works, in steps that follow from its terms. */
export function describeTerms(terms: Promised): string[] {
  const inWords = (money: Money): string => `${money.toString()} ${money.currency}`;
  const minimum = terms.minimumEarnings.map(inWords).join(' or ');
  const bonuses = [
    terms.inviterBonus.isZero() ? [] : [`you get ${inWords(terms.inviterBonus)}`],
    terms.invitedBonus.isZero() ? [] : [`they get ${inWords(terms.invitedBonus)}`],
  ].flat();
  return [
    'Share your link or your code with somebody who has not signed up yet.',
    `They sign up with it, or enter the code within ${ENTRY_DAYS} days and before their first confirmed work.`,
    `They verify their account, have a publication confirmed or a bill paid, and earn at least ${minimum} within ` +
      `${terms.windowDays} days of signing up.`,
    `${terms.holdDays} days later ${bonuses.join(' and ')}.`,
  ];
}
