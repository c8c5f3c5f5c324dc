import type { Money } from '../../platform/index.js';

/** What the program promises; never changed once it is written down. */
export interface ReferralTerms {
  id: string;
  open: boolean;
  inviterBonus: Money;
  invitedBonus: Money;
  /** In different currencies, of which one must be earned. */
  minimumEarnings: Money[];
  windowDays: number;
  holdDays: number;
  howItWorks: string[];
  createdAt: Date;
}
