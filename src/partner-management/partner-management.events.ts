/** Somebody accepted terms by signing up. */
export const TERMS_ACCEPTED_AT_SIGN_UP = 'partner-management.terms_accepted_at_sign_up';

export interface TermsAcceptedAtSignUp {
  partnerId: string;
  userId: string;
  /** What the sign-up named: nobody has looked whether there are such versions. */
  versionIds: readonly string[];
  /** Internet address of the sign-up. */
  address: string;
}

/** Somebody has signed up as a partner. */
export const PARTNER_REGISTERED = 'partner-management.partner_registered';

export interface PartnerRegistered {
  partnerId: string;
  /** What the sign-up gave as `ref`: nobody has looked at it yet. */
  ref: string | null;
  /** Code of the partner who recommended the program: nobody has looked at it yet, either. */
  inviterCode: string | null;
}
