import type { FieldError } from '../../platform/errors/domain-error.js';

/** A social account of a creator. */
export interface CreatorAccount {
  readonly id: string;
  readonly platform: string;
  readonly state: string;
}

/** What an offer asks of creators; empty lists ask nothing. */
export interface Wanted {
  readonly countries: readonly string[];
  readonly platforms: readonly string[];
}

/** Who asks to take part. */
export interface Creator {
  /** ISO 3166-1 alpha-2; null when it is not known. */
  readonly country: string | null;
  readonly accounts: readonly CreatorAccount[];
}

/** The account that the creator publishes by, or every reason why the creator cannot take part. */
export type Eligibility =
  | { readonly account: CreatorAccount; readonly reasons: readonly [] }
  | { readonly account: null; readonly reasons: readonly FieldError[] };

/**
 * Whether a creator may take part in an offer (T04, T08).
 * @param wishedAccountId the account that the creator named; undefined for the first that fits
 */
export function assessCreator(wanted: Wanted, creator: Creator, wishedAccountId?: string): Eligibility {
  const reasons: FieldError[] = [];
  const { countries, platforms } = wanted;
  if (countries.length > 0 && !countries.includes(creator.country ?? '')) {
    reasons.push({ path: 'country', message: `the offer is for creators of ${countries.join(', ')}` });
  }
  const verified = creator.accounts.filter(({ state }) => state === 'verified');
  const named = verified.filter(({ id }) => wishedAccountId === undefined || id === wishedAccountId);
  const account = named.find(({ platform }) => platforms.length === 0 || platforms.includes(platform));
  if (verified.length === 0) {
    reasons.push({ path: 'socialAccountId', message: 'none of your social accounts is verified yet' });
  } else if (named.length === 0) {
    reasons.push({ path: 'socialAccountId', message: 'you have no such verified social account' });
  } else if (!account) {
    reasons.push({ path: 'socialAccountId', message: `the offer is for ${platforms.join(', ')}` });
  }
  return account && reasons.length === 0 ? { account, reasons: [] } : { account: null, reasons };
}
