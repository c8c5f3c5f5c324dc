import { IsIn, IsString, IsUUID, MaxLength } from 'class-validator';
import { MayBeAbsent, MoneyDto, PageQuery } from '../platform/index.js';

const DECIDED_STATES = ['approved', 'rejected', 'cancelled'] as const;

export class RequestHistoryQuery extends PageQuery {
  /** Only this partner's. */
  @MayBeAbsent()
  @IsUUID()
  partnerId?: string;

  /** Part of the partner's name. */
  @MayBeAbsent()
  @IsString()
  @MaxLength(200)
  partner?: string;

  @MayBeAbsent()
  @IsIn(DECIDED_STATES)
  state?: (typeof DECIDED_STATES)[number];

  /** `csv` gives the whole history as a file; `limit` and `cursor` do not count then. */
  @MayBeAbsent()
  @IsIn(['json', 'csv'])
  format: 'json' | 'csv' = 'json';
}

/** A decided request. */
export class RequestHistoryItem {
  id: string;
  /** @example "partnership" */
  type: string;
  /**
   * What was asked for.
   * @example "Gold"
   */
  title: string;
  partnerId: string;
  partnerName: string;
  /** @example "approved" */
  state: string;
  /** Price at the time of the request. */
  price: MoneyDto;
  requestedAt: Date;
  decidedAt: Date;
  /** E-mail of the operator who decided; null when the partner cancelled. */
  decidedBy: string | null;
  /** What a rejected partner was told. */
  rejectionDescription: string | null;
}

export class RequestHistoryPage {
  items: RequestHistoryItem[];
  nextCursor: string | null;
}
