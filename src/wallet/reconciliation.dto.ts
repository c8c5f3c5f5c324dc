import { IsText, MoneyDto } from '../platform/index.js';
import type { Mismatch } from './reconciliation.service.js';
import type { WalletFreeze } from './wallet-freezes.service.js';

/** One thing that is not as it must be. */
export class MismatchDto {
  /**
   * What was compared.
   * @example "balance_is_sum_of_entries"
   */
  check: string;
  /** Journal, ledger account or bill. */
  subjectId: string | null;
  /** The partner whose money it is; null for the house. */
  partnerId: string | null;
  expected: MoneyDto;
  actual: MoneyDto;
}

/** A wallet in which nothing moves. */
export class WalletFreezeDto {
  /** The partner whose wallet it is. */
  partnerId: string;
  frozenAt: Date;
  /** What reconciliation found. */
  reason: string;
}

/** What a reconciliation of the ledger saw. */
export class ReconciliationDto {
  checkedAt: Date;
  /** Whether everything is as it must be. */
  clean: boolean;
  /** How many journals were checked. */
  journals: number;
  /** How many accounts were checked. */
  accounts: number;
  mismatches: MismatchDto[];
  /** Wallets that the hourly reconciliation or the command has frozen and nobody has released. */
  frozen: WalletFreezeDto[];
}

/** Why a wallet may be used again. */
export class LiftFreezeDto {
  /**
   * What was wrong and how it was put right; it is kept in the audit log.
   * @example "Balance restored from the entries, see incident 12"
   */
  @IsText(1000)
  comment: string;
}

export function toMismatchDto({ ownerId, expected, actual, ...mismatch }: Mismatch): MismatchDto {
  return { ...mismatch, partnerId: ownerId, expected: expected.toJSON(), actual: actual.toJSON() };
}

export function toWalletFreezeDto({ ownerId, frozenAt, reason }: WalletFreeze): WalletFreezeDto {
  return { partnerId: ownerId, frozenAt, reason };
}
