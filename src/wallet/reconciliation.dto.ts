import { ApiProperty } from '@nestjs/swagger';
import { MoneyDto } from '../platform/index.js';
import { RECONCILIATION_CHECKS } from './reconciliation.service.js';
import type { Mismatch } from './reconciliation.service.js';

/** One thing that is not as it must be. */
export class MismatchDto {
  @ApiProperty({ enum: RECONCILIATION_CHECKS })
  check: Mismatch['check'];
  /** Journal or ledger account. */
  subjectId: string | null;
  /** The partner whose money it is; null for the house. */
  partnerId: string | null;
  expected: MoneyDto;
  actual: MoneyDto;
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
}

export function toMismatchDto({ ownerId, expected, actual, ...mismatch }: Mismatch): MismatchDto {
  return { ...mismatch, partnerId: ownerId, expected: expected.toJSON(), actual: actual.toJSON() };
}
