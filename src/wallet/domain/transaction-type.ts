/** Why a journal was made. */
export const JOURNAL_KINDS = [
  'bill',
  'balance_correction',
  'cashout_request',
  'cashout_cancel',
  'cashout_accept',
  'cashout_refund',
  'opening_balance',
  'publication_reward',
  'publication_reward_reversal',
  'referral_bonus',
  'referral_bonus_reversal',
  'campaign_reward',
] as const;
export type JournalKind = (typeof JOURNAL_KINDS)[number];

/** Kinds that credit what an owner worked for beside bills. */
export const REWARD_KINDS: readonly JournalKind[] = ['publication_reward', 'campaign_reward'];
/** Kinds that credit what an owner worked for, and those of them that pay for confirmed work by themselves. */
export const EARNING_KINDS: readonly JournalKind[] = ['bill', ...REWARD_KINDS];
export const WORK_KINDS: readonly JournalKind[] = ['bill', 'publication_reward'];

/** What the owner of an account reads as the reason for a change of the available balance (A14). */
export const TRANSACTION_TYPES = [
  'payment_cashout',
  'payment_refund',
  'bill',
  'balance_correction',
  'opening_balance',
  'publication_reward',
  'referral_bonus',
  'campaign_reward',
] as const;
export type TransactionType = (typeof TRANSACTION_TYPES)[number];

const TYPE_OF_KIND: Readonly<Record<JournalKind, TransactionType>> = {
  bill: 'bill',
  balance_correction: 'balance_correction',
  cashout_request: 'payment_cashout',
  cashout_cancel: 'payment_cashout',
  // Moves processing to paid and never touches the available balance.
  cashout_accept: 'payment_cashout',
  cashout_refund: 'payment_refund',
  opening_balance: 'opening_balance',
  publication_reward: 'publication_reward',
  publication_reward_reversal: 'publication_reward',
  referral_bonus: 'referral_bonus',
  referral_bonus_reversal: 'referral_bonus',
  campaign_reward: 'campaign_reward',
};

/** The transaction type of a journal's kind. */
export function transactionTypeOf(kind: JournalKind): TransactionType {
  return TYPE_OF_KIND[kind];
}

/** What transactions can be filtered by: a type, or all payments. */
export const TRANSACTION_FILTERS = ['payment', ...TRANSACTION_TYPES] as const;
export type TransactionFilterType = (typeof TRANSACTION_FILTERS)[number];

/** The journal kinds that a filter by transaction type means. */
export function journalKindsOf(type: TransactionFilterType): JournalKind[] {
  return JOURNAL_KINDS.filter((kind) =>
    type === 'payment' ? TYPE_OF_KIND[kind].startsWith('payment') : TYPE_OF_KIND[kind] === type,
  );
}
