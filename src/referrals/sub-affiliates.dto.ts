import { Type } from 'class-transformer';
import { IsInt, IsOptional, IsUUID, Max, Min } from 'class-validator';
import { PageQuery } from '../platform/index.js';

/** How many levels a partner sees below itself. */
export const LEVELS = 10;

/** Filters of a list of sub-affiliates. */
export class SubAffiliatesQuery extends PageQuery {
  /**
   * 1 for those who came through the partner's own links, 2 for those whom these brought, and so on.
   * @example 1
   */
  @IsOptional()
  @Type(() => Number)
  @IsInt()
  @Min(1)
  @Max(LEVELS)
  level?: number;

  /**
   * A campaign of the partner: only who came through it, with everybody whom they brought.
   * @example "01900000-0000-7000-8000-000000000701"
   */
  @IsOptional()
  @IsUUID()
  campaignId?: string;
}

/** A partner who came through a partner, or through one of its sub-affiliates. */
export class SubAffiliateResponse {
  /** @example "01900000-0000-7000-8000-000000000901" */
  id: string;
  /** @example "Bob Reviews" */
  name: string;
  /** @example "active" */
  state: 'pending' | 'active' | 'suspended' | 'rejected' | 'erased';
  /**
   * 1 for who came through the partner's own link, 2 for whom these brought, and so on.
   * @example 1
   */
  level: number;
  /**
   * The partner's own campaign through which the branch came.
   * @example "01900000-0000-7000-8000-000000000701"
   */
  campaignId: string;
  /** @example "Colleagues" */
  campaignName: string;
  /**
   * The partner's own promo through which the branch came.
   * @example "01900000-0000-7000-8000-000000000801"
   */
  promoId: string;
  /** @example "8sKq2VbX0a" */
  promoCode: string;
  /** @example "2026-10-01T10:00:00.000Z" */
  registeredAt: string;
}

/** A page of sub-affiliates. */
export class SubAffiliatePage {
  items: SubAffiliateResponse[];
  /** Give it as `cursor` for the next page; null on the last one. */
  nextCursor: string | null;
}
