/** Somebody has signed up as a partner. */
export const PARTNER_REGISTERED = 'partner-management.partner_registered';

export interface PartnerRegistered {
  partnerId: string;
  /** What the sign-up gave as `ref`: nobody has looked at it yet. */
  ref: string | null;
}
