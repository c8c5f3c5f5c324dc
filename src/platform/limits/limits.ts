/** So many requests at once, and as many again, evenly, in so many seconds. */
export interface Limit {
  readonly requests: number;
  readonly seconds: number;
}

/**
 * The limits of the program and their defaults. An office or a campus shares one address, so limits by address are wide:
 * they bound what a flood costs. Guessing at one account is stopped by its own limit and by the lock-out.
 */
export const DEFAULT_LIMITS = {
  /** Sign-in and sign-up, by address. */
  'sign-in': { requests: 300, seconds: 60 },
  /** The same, by the account that the request names. */
  'sign-in-account': { requests: 60, seconds: 60 },
  /** Requests that mail a link to somebody, by address. */
  recovery: { requests: 30, seconds: 600 },
  /** The same, by the account that the request names. */
  'recovery-account': { requests: 5, seconds: 900 },
  /** Entering a mailed token (by address) or a two-factor code (by user). */
  confirm: { requests: 60, seconds: 60 },
  /** Tokens and signatures that turned out to be wrong, by address. */
  refused: { requests: 1_200, seconds: 60 },
  read: { requests: 3_000, seconds: 60 },
  write: { requests: 1_200, seconds: 60 },
  /** Files of up to 10 MiB each, by user. */
  upload: { requests: 60, seconds: 60 },
  /** Tickets and messages that people of the program must answer, by user. */
  support: { requests: 60, seconds: 600 },
  /** Reports, by user, or by statistics token. */
  report: { requests: 600, seconds: 60 },
  /** Ads for the apps and pages that show them, by address: one stands before many viewers. */
  ads: { requests: 12_000, seconds: 60 },
  /** Batches of brands' servers, by sync key. */
  sync: { requests: 12_000, seconds: 60 },
} as const satisfies Record<string, Limit>;

export type LimitName = keyof typeof DEFAULT_LIMITS;
export type Limits = Readonly<Record<LimitName, Limit>>;

export const LIMIT_NAMES = Object.keys(DEFAULT_LIMITS) as LimitName[];

/** The form of one limit in the settings, `name=requests/seconds`. */
export const LIMIT_FORM = new RegExp(`^(?:${LIMIT_NAMES.join('|')})=[1-9][0-9]{0,8}/[1-9][0-9]{0,4}$`);

/** The limits with those of the settings in place of their defaults. @param given of the form {@link LIMIT_FORM} */
export function limitsOf(given: readonly string[]): Limits {
  const changed = given.map((text): [string, Limit] => {
    const [name, requests, seconds] = text.split(/[=/]/) as [string, string, string];
    return [name, { requests: Number(requests), seconds: Number(seconds) }];
  });
  return { ...DEFAULT_LIMITS, ...Object.fromEntries(changed) };
}
