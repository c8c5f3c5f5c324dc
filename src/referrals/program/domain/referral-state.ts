export const REFERRAL_STATES = ['open', 'held', 'rewarded', 'missed', 'declined', 'reversed'] as const;
export type ReferralState = (typeof REFERRAL_STATES)[number];

/** States in which something may still happen by itself. */
export const UNSETTLED = ['open', 'held', 'rewarded'] as const satisfies readonly ReferralState[];

/** A referral as far as its next step depends on it. */
export interface ReferralStanding {
  readonly state: ReferralState;
  readonly windowEndsAt: Date;
  readonly payableAt: Date | null;
}

/** What is known of the two at this moment. */
export interface ReferralFacts {
  /** All conditions are met by what was earned in the window and was not taken back. */
  readonly fulfilled: boolean;
  readonly bothActive: boolean;
  readonly samePerson: boolean;
  readonly now: Date;
}

/** What happens to a referral by itself (rules §8); null when it stays as it is. */
export type ReferralStep = 'hold' | 'reopen' | 'miss' | 'reward' | 'decline' | 'reverse';

/** The state that each step leads to, and those that it leads from: the one table of transitions. */
export const STEPS: Readonly<Record<ReferralStep, { from: readonly ReferralState[]; to: ReferralState }>> = {
  hold: { from: ['open'], to: 'held' },
  reopen: { from: ['held'], to: 'open' },
  miss: { from: ['open', 'held'], to: 'missed' },
  reward: { from: ['held'], to: 'rewarded' },
  decline: { from: ['open', 'held'], to: 'declined' },
  reverse: { from: ['rewarded'], to: 'reversed' },
};

/**
 * The next step of a referral. Its conditions are looked at again when the hold is over, and go on being looked at
 * afterwards: a bonus whose work was taken back is taken back.
 */
export function nextStep(referral: ReferralStanding, facts: ReferralFacts): ReferralStep | null {
  const { state, windowEndsAt, payableAt } = referral;
  const over = facts.now >= windowEndsAt;
  if (state === 'open') return facts.fulfilled ? 'hold' : over ? 'miss' : null;
  if (state === 'rewarded') return facts.fulfilled ? null : 'reverse';
  if (state !== 'held') return null;
  if (!facts.fulfilled) return over ? 'miss' : 'reopen';
  if (facts.now < payableAt!) return null;
  if (facts.samePerson) return 'decline';
  // Nobody is paid while suspended; once both work with the program again, they are.
  return facts.bothActive ? 'reward' : null;
}

/** What was earned beside what must be: minor units by currency. */
export type Amounts = ReadonlyMap<string, bigint>;

/** Whether the minimum of one of the currencies was earned. */
export function reaches(earned: Amounts, minimums: Amounts): boolean {
  return [...minimums].some(([currency, minor]) => (earned.get(currency) ?? 0n) >= minor);
}
