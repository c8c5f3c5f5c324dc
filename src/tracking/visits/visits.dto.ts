import { ApiProperty } from '@nestjs/swagger';
import { IsIn, IsIP, Matches } from 'class-validator';
import { IsCountry, IsId, MayBeAbsent, TimeRangeQuery, toTimeRange } from '../../platform/index.js';
import { maskAddress } from '../domain/mask-address.js';
import type { LoggedVisit, VisitFilter } from './visit-log.service.js';

type Flag = 'true' | 'false';

/** Only visits with the flag, or only those without it. */
function IsFlag(): PropertyDecorator {
  const decorators = [
    ApiProperty({ enum: ['true', 'false'], required: false }),
    MayBeAbsent(),
    IsIn(['true', 'false']),
  ];
  return (target, name) => decorators.forEach((decorate) => decorate(target, name));
}

/** Filters of a partner's visits; `from` and `to` limit when they were made. */
export class VisitsQuery extends TimeRangeQuery {
  @MayBeAbsent()
  @IsId()
  campaignId?: string;

  @MayBeAbsent()
  @IsId()
  promoId?: string;

  /**
   * ISO 3166-1 alpha-2.
   * @example "DE"
   */
  @MayBeAbsent()
  @IsCountry()
  country?: string;

  @IsFlag()
  bot?: Flag;

  @IsFlag()
  datacenter?: Flag;

  @IsFlag()
  duplicate?: Flag;
}

/** Filters of all visits. */
export class OperatorVisitsQuery extends VisitsQuery {
  @MayBeAbsent()
  @IsId()
  partnerId?: string;

  @MayBeAbsent()
  @IsId()
  brandId?: string;

  /**
   * The visitor's address.
   * @example "203.0.113.7"
   */
  @MayBeAbsent()
  @IsIP()
  // Without the name of an interface.
  @Matches(/^[^%]*$/, { message: '$property must be an address' })
  ip?: string;
}

/** The campaign of a visit. */
export class VisitCampaign {
  /** @example "01900000-0000-7000-8000-000000000401" */
  id: string;
  /** @example "Autumn" */
  name: string;
}

/** The promo of a visit. */
export class VisitPromo {
  /** @example "01900000-0000-7000-8000-000000000501" */
  id: string;
  /**
   * The code of its tracking link.
   * @example "aB3dE5fG7h"
   */
  code: string;
}

class VisitResponse {
  /**
   * The tag that the brand is given.
   * @example "01900000-0000-7000-8000-000000000601"
   */
  id: string;
  /** @example "2026-10-10T10:12:00.000Z" */
  visitedAt: string;
  brandId: string;
  campaign: VisitCampaign;
  promo: VisitPromo;
  /**
   * Null when it is not known.
   * @example "DE"
   */
  country: string | null;
  /** @example "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0" */
  userAgent: string | null;
  /** @example "https://reviews.example/top-ten" */
  referer: string | null;
  /** The parameters that the link was called with. */
  @ApiProperty({ type: 'object', additionalProperties: { type: 'string' }, example: { clickid: 'c-1' } })
  query: Record<string, string>;
  /** The user agent is that of a program, or missing. */
  bot: boolean;
  /** The address is one of a data centre. */
  datacenter: boolean;
  /** The same visitor had visited the same promo before; known a minute or two after the click. */
  duplicate: boolean;
}

/** A visit as its partner sees it. */
export class PartnerVisitResponse extends VisitResponse {
  /**
   * The network of the visitor's address.
   * @example "203.0.113.0/24"
   */
  network: string | null;
}

/** A visit as operators see it. */
export class OperatorVisitResponse extends VisitResponse {
  partnerId: string;
  /**
   * The visitor's address.
   * @example "203.0.113.7"
   */
  ip: string | null;
}

/** A page of visits; while `nextCursor` is not null there may be more, also when the page is short or empty. */
export class PartnerVisitPage {
  items: PartnerVisitResponse[];
  nextCursor: string | null;
}

/** A page of visits; while `nextCursor` is not null there may be more, also when the page is short or empty. */
export class OperatorVisitPage {
  items: OperatorVisitResponse[];
  nextCursor: string | null;
}

/** The query as the log takes it. */
export function toVisitFilter(query: OperatorVisitsQuery): VisitFilter & { limit: number; cursor?: string } {
  const { from, to, bot, datacenter, duplicate, ...rest } = query;
  const flags = Object.entries({ bot, datacenter, duplicate }).filter(([, flag]) => flag !== undefined);
  return {
    ...rest,
    ...toTimeRange({ from, to }),
    ...Object.fromEntries(flags.map(([name, flag]) => [name, flag === 'true'])),
  };
}

/** The visit as the API answers its partner. */
export function toPartnerVisit({ partnerId: _, ip, visitedAt, ...visit }: LoggedVisit): PartnerVisitResponse {
  return { ...visit, visitedAt: visitedAt.toISOString(), network: ip === null ? null : maskAddress(ip) };
}

/** The visit as the API answers operators. */
export function toOperatorVisit({ visitedAt, ...visit }: LoggedVisit): OperatorVisitResponse {
  return { ...visit, visitedAt: visitedAt.toISOString() };
}
