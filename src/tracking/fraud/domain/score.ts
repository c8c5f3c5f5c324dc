const HIGHEST = 100;

/** How many signals of a rule there are that count: open ones and confirmed ones. */
export interface CountedRule {
  readonly rule: string;
  readonly weight: number;
  readonly open: number;
  readonly confirmed: number;
}

/** How suspicious somebody is, from 0 to 100, and what that is made up of. */
export interface FraudScore {
  readonly score: number;
  /** The heaviest first. */
  readonly rules: readonly CountedRule[];
}

/**
 * The sum of the weights of all rules with open or confirmed signals, 100 at most. Each rule counts once, however many
 * signals it has: many players do not make a partner guilty of what weighs little in each.
 */
export function fraudScore(rules: readonly CountedRule[]): FraudScore {
  const counted = rules.filter(({ open, confirmed }) => open + confirmed > 0);
  const sum = counted.reduce((total, { weight }) => total + weight, 0);
  return {
    score: Math.min(sum, HIGHEST),
    rules: counted.toSorted((a, b) => b.weight - a.weight || (a.rule < b.rule ? -1 : 1)),
  };
}
