import type { Money } from '../../platform/money/money.js';

/** Where an owner's money stands: free to withdraw, on its way out, paid out (rule 1.4). */
export const OWNER_ACCOUNTS = ['available', 'processing', 'paid'] as const;

/** The house's own accounts, the other side of what it owes. */
export const HOUSE_ACCOUNTS = ['commission_expense', 'balance_correction', 'opening_balance'] as const;

export type OwnerAccount = (typeof OWNER_ACCOUNTS)[number];
export type HouseAccount = (typeof HOUSE_ACCOUNTS)[number];

/** Names one account of the ledger; the house has no owner. */
export type AccountName = { ownerId: string; kind: OwnerAccount } | { ownerId: null; kind: HouseAccount };

const SHARDS = 16;

/**
 * Which of the 16 house accounts of a kind faces this owner. The last digit of a UUIDv7 is random, so that
 * owners spread evenly and their postings do not wait for one row.
 */
export function houseShardOf(ownerId: string): number {
  return parseInt(ownerId.slice(-1), 16) % SHARDS;
}

/** The two entries that move an owner's amount (above zero) from one of its accounts to another. */
export function ownerTransfer(
  ownerId: string,
  amount: Money,
  from: OwnerAccount,
  to: OwnerAccount,
): { account: AccountName; amount: Money }[] {
  return [
    { account: { ownerId, kind: from }, amount: amount.negate() },
    { account: { ownerId, kind: to }, amount },
  ];
}
