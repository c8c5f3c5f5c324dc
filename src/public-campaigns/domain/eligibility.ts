import type { Platform } from './post-url.js';

/** Why a creator cannot join a campaign that is open (E01), in the order in which they are told. */
export const INELIGIBILITIES = {
  ALREADY_JOINED: 'This account has joined the campaign already.',
  COUNTRY_NOT_ACCEPTED: 'The campaign is for creators of other countries.',
  ACCOUNT_NOT_CONNECTED: 'Connect an account at a platform of the campaign.',
  PLATFORM_NOT_ACCEPTED: 'The campaign is not for the platform of this account.',
  TOKEN_EXPIRED: 'Connect the account again: the platform no longer lets us read it.',
  FOLLOWERS_UNKNOWN: 'The platform has not told how many followers the account has.',
  TOO_FEW_FOLLOWERS: 'The account has fewer followers than the campaign asks for.',
  ACCOUNT_NOT_VERIFIED: 'The campaign is for accounts that the program has verified.',
} as const;
export type Ineligibility = keyof typeof INELIGIBILITIES;

/** Whom a campaign is open to; no countries are all of them. */
export interface Eligibility {
  platforms: readonly Platform[];
  countries: readonly string[];
  minFollowers: number | null;
  verifiedOnly: boolean;
}

/** A connected account, as far as joining depends on it. */
export interface CandidateAccount {
  platform: Platform;
  state: 'connected' | 'reconnect_needed' | 'disconnected';
  /** Null when the platform has not told. */
  followers: number | null;
  /** From then on the platform refuses; null when it does not end. */
  tokenExpiresAt: Date | null;
  verified: boolean;
  /** Whether it has joined the campaign, whoever connected it then. */
  joined: boolean;
}

/** Everything that keeps a creator of the country from joining with the account (E01, rule 7.2). */
export function accountFaults(
  eligibility: Eligibility,
  country: string,
  account: CandidateAccount,
  now: Date,
): Ineligibility[] {
  const { platform, state, followers, tokenExpiresAt, verified, joined } = account;
  const { minFollowers } = eligibility;
  const live = state === 'connected' && (tokenExpiresAt === null || tokenExpiresAt > now);
  const faults: Record<Ineligibility, boolean> = {
    ALREADY_JOINED: joined,
    COUNTRY_NOT_ACCEPTED: !acceptsCountry(eligibility, country),
    ACCOUNT_NOT_CONNECTED: state === 'disconnected',
    PLATFORM_NOT_ACCEPTED: !eligibility.platforms.includes(platform),
    TOKEN_EXPIRED: state !== 'disconnected' && !live,
    FOLLOWERS_UNKNOWN: minFollowers !== null && followers === null,
    TOO_FEW_FOLLOWERS: minFollowers !== null && followers !== null && followers < minFollowers,
    ACCOUNT_NOT_VERIFIED: eligibility.verifiedOnly && !verified,
  };
  return (Object.keys(INELIGIBILITIES) as Ineligibility[]).filter((fault) => faults[fault]);
}

/**
 * Everything that keeps a creator from joining with any of its accounts; empty when one of them will do. What concerns
 * accounts at platforms that the campaign is not for is left out.
 */
export function creatorFaults(
  eligibility: Eligibility,
  country: string,
  accounts: readonly CandidateAccount[],
  now: Date,
): Ineligibility[] {
  const candidates = accounts.filter(
    ({ platform, state }) => eligibility.platforms.includes(platform) && state !== 'disconnected',
  );
  const faults = candidates.map((account) => accountFaults(eligibility, country, account, now));
  if (faults.some((own) => own.length === 0)) return [];
  const all = new Set<Ineligibility>(faults.flat());
  if (candidates.length === 0) all.add('ACCOUNT_NOT_CONNECTED');
  if (!acceptsCountry(eligibility, country)) all.add('COUNTRY_NOT_ACCEPTED');
  return (Object.keys(INELIGIBILITIES) as Ineligibility[]).filter((fault) => all.has(fault));
}

function acceptsCountry({ countries }: Eligibility, country: string): boolean {
  return countries.length === 0 || countries.includes(country);
}
