import { IsIn } from 'class-validator';
import { IsLabel, MayBeAbsent, MoneyDto, PageQuery } from '../platform/index.js';

export const REQUEST_STATES = ['pending', 'approved', 'rejected', 'cancelled'] as const;
export type RequestState = (typeof REQUEST_STATES)[number];

export class PartnershipRequestQuery extends PageQuery {
  @MayBeAbsent()
  @IsIn([...REQUEST_STATES, 'all'])
  state: RequestState | 'all' = 'pending';
}

/** A partner's application for a package. */
export class PartnershipRequestDto {
  id: string;
  /** @example "pending" */
  state: string;
  partnerId: string;
  partnerName: string;
  /** @example "pending" */
  partnerStatus: string;
  packageId: string;
  packageName: string;
  /** Price at the time of the request. */
  price: MoneyDto;
  requestedAt: Date;
  email: string | null;
  phone: string | null;
  website: string | null;
  description: string | null;
  decidedAt: Date | null;
  /** What a rejected partner was told. */
  rejectionDescription: string | null;
}

export class PartnershipRequestPage {
  items: PartnershipRequestDto[];
  nextCursor: string | null;
}

export class RejectRequestDto {
  /**
   * Why; mailed to the partner.
   * @example "We need a website with content of your own."
   */
  @IsLabel(2000)
  description: string;
}
