import { Injectable } from '@nestjs/common';
import type { DomainError, Tx } from '../platform/index.js';
import { partnerErased, WalletOwners } from '../wallet/index.js';
import { ReviewHolds } from './review-holds.service.js';

/** What keeps bills from being paid beside their own state. */
@Injectable()
export class BillObstacles {
  constructor(
    private readonly reviewHolds: ReviewHolds,
    private readonly owners: WalletOwners,
  ) {}

  /**
   * Of the bills, those that may not be paid now, with the refusal: what they pay for is under review, or their partner
   * is erased and has given them up. No erasure of the others begins until the transaction ends.
   */
  async of(
    tx: Tx,
    bills: readonly { id: string; partnerId: string; planId: string }[],
  ): Promise<ReadonlyMap<string, DomainError>> {
    const underReview = await this.reviewHolds.underReview(tx, bills);
    const erased = await this.owners.erasedOf(tx, [...new Set(bills.map(({ partnerId }) => partnerId))]);
    const ofErased = bills.filter(({ partnerId }) => erased.has(partnerId));
    return new Map([...underReview, ...ofErased.map(({ id }) => [id, partnerErased()] as const)]);
  }
}
