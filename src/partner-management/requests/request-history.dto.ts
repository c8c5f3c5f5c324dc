import { ApiProperty } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { IsIn, IsString, MaxLength } from 'class-validator';
import { IsId, MayBeAbsent, MoneyDto, PageQuery } from '../../platform/index.js';
import { CLOSED_STATES, REQUEST_KINDS, type RequestKind } from '../domain/request-life.js';

export class RequestHistoryQuery extends PageQuery {
  /** Only this partner's. */
  @MayBeAbsent()
  @IsId()
  partnerId?: string;

  /** Part of the partner's name. */
  @MayBeAbsent()
  @IsString()
  @MaxLength(200)
  partner?: string;

  @MayBeAbsent()
  @IsIn(CLOSED_STATES)
  state?: (typeof CLOSED_STATES)[number];

  /** Only requests of these types; repeat it for several. */
  @ApiProperty({ enum: REQUEST_KINDS, isArray: true, required: false, example: ['partnership'] })
  @MayBeAbsent()
  @Transform(({ value }: { value: unknown }) => (typeof value === 'string' ? [value] : value))
  @IsIn(REQUEST_KINDS, { each: true })
  type?: RequestKind[];

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
  /** E-mail of the operator who decided; null when the partner cancelled or nobody decided in time. */
  decidedBy: string | null;
  /** What a rejected partner was told. */
  rejectionDescription: string | null;
}

export class RequestHistoryPage {
  items: RequestHistoryItem[];
  nextCursor: string | null;
}
