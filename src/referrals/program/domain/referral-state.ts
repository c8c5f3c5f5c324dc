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
  /** What was done and earned in the window, and not taken back, is enough. */
  readonly workStands: boolean;
  /** All conditions are met: the work stands, and the account is verified at this moment. */
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
 * The next step of a referral. The work is looked at again during the hold and goes on being looked at afterwards: a bonus
 * whose work was taken back is taken back. How the two accounts stand decides only about what is not paid yet: who is
 * suspended or leaves after that keeps the bonus, and so does the other one.
 */
export function nextStep(referral: ReferralStanding, facts: ReferralFacts): ReferralStep | null {
  const { state, windowEndsAt, payableAt } = referral;
  const over = facts.now >= windowEndsAt;
  if (state === 'open') return facts.fulfilled ? 'hold' : over ? 'miss' : null;
  if (state === 'rewarded') return facts.workStands ? null : 'reverse';
  if (state !== 'held') return null;
  if (!facts.workStands) return over ? 'miss' : 'reopen';
  if (facts.now < payableAt!) return null;
  if (facts.samePerson) return 'decline';
  // Nobody is paid while suspended or not verified; once both work with the program again, they are.
  return facts.fulfilled && facts.bothActive ? 'reward' : null;
}

/** What was earned beside what must be: minor units by currency. */
export type Amounts = ReadonlyMap<string, bigint>;

/** Whether the minimum of one of the currencies was earned. */
export function reaches(earned: Amounts, minimums: Amounts): boolean {
  return [...minimums].some(([currency, minor]) => (earned.get(currency) ?? 0n) >= minor);
}
