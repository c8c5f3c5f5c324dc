import { IsOptional, Matches } from 'class-validator';
import { IsId, IsLabel, MayBeAbsent } from '../platform/index.js';
import { addressOf, type Medium } from '../brands/index.js';
import { LINK_CODE } from './domain/link-code.js';
import type { Promo } from './promo.entity.js';
import { IsRotation, RotationTargetDto, RotationTargetResponse } from './rotation.dto.js';
import type { TrafficSource } from './traffic-source.entity.js';

/** A new promo. */
export class CreatePromoDto {
  /**
   * The landing's title when absent.
   * @example "Top list, first place"
   */
  @MayBeAbsent()
  @IsLabel(200)
  title?: string;

  /**
   * Can be set later, but only once.
   * @example "01900000-0000-7000-8000-000000000001"
   */
  @IsOptional()
  @IsId()
  trafficSourceId?: string | null;

  /**
   * A landing of the campaign's brand.
   * @example "01900000-0000-7000-8000-000000000201"
   */
  @IsId()
  landingId: string;

  /**
   * A medium of the campaign's brand; a direct link when absent.
   * @example "01900000-0000-7000-8000-000000000301"
   */
  @IsOptional()
  @IsId()
  mediaId?: string | null;

  /**
   * A code of one's own for the link, of 3 to 32 letters, digits, `-` and `_`, unlike any other in any case;
   * a random one when absent.
   * @example "lucky-autumn"
   */
  @MayBeAbsent()
  @Matches(LINK_CODE, { message: 'code must be 3 to 32 letters, digits, - or _' })
  code?: string;

  /**
   * Landings that take turns, at most 20: first those whose conditions fit a visitor, then those without conditions,
   * then `landingId`.
   */
  @MayBeAbsent()
  @IsRotation()
  targets?: RotationTargetDto[];
}

/** What may be changed of a promo. */
export class UpdatePromoDto {
  /** @example "Top list, second place" */
  @MayBeAbsent()
  @IsLabel(200)
  title?: string;

  /**
   * Only where there is none yet: it is never changed.
   * @example "01900000-0000-7000-8000-000000000001"
   */
  @MayBeAbsent()
  @IsId()
  trafficSourceId?: string;

  /**
   * A code of one's own for the link, of 3 to 32 letters, digits, `-` and `_`, unlike any other in any case;
   * links with a former code keep working.
   * @example "lucky-autumn"
   */
  @MayBeAbsent()
  @Matches(LINK_CODE, { message: 'code must be 3 to 32 letters, digits, - or _' })
  code?: string;

  /**
   * Landings that take turns, in the place of those there were; none for a link that leads to its landing only.
   */
  @MayBeAbsent()
  @IsRotation()
  targets?: RotationTargetDto[];
}

/** What a promo shows. */
export class PromoMediumResponse {
  /** @example "01900000-0000-7000-8000-000000000301" */
  id: string;
  /** @example "Fox 300×250" */
  title: string;
  /** @example "image" */
  kind: 'image' | 'html' | 'video' | 'text';
  /** @example 300 */
  width: number | null;
  /** @example 250 */
  height: number | null;
  /**
   * The image itself, to look at: fetching it counts nothing. Null for other kinds.
   * @example "https://partners.example/m/01900000-0000-7000-8000-000000000301.png"
   */
  imageUrl: string | null;
}

/** A promo with its tracking link. */
export class PromoResponse {
  /** @example "01900000-0000-7000-8000-000000000801" */
  id: string;
  /** @example "01900000-0000-7000-8000-000000000701" */
  campaignId: string;
  /** @example "01900000-0000-7000-8000-000000000101" */
  brandId: string;
  /** @example "Top list, first place" */
  title: string;
  /** @example "8sKq2VbX0a" */
  code: string;
  /**
   * Put it on a page; query parameters that are added to it come back in postbacks.
   * @example "https://partners.example/r/8sKq2VbX0a"
   */
  trackingUrl: string;
  /** @example "01900000-0000-7000-8000-000000000001" */
  trafficSourceId: string | null;
  /** @example "01900000-0000-7000-8000-000000000201" */
  landingId: string;
  /** Landings that take turns; those whom none of them fits go to `landingId`. */
  targets: RotationTargetResponse[];
  /** @example "01900000-0000-7000-8000-000000000301" */
  mediaId: string | null;
  /** Null for a direct link. */
  medium: PromoMediumResponse | null;
  /**
   * How often its banner was fetched by the address in its embed code, without bots; seconds late.
   * @example 12040
   */
  impressionsCount: number;
  /** @example "2026-10-01T10:00:00.000Z" */
  createdAt: string;
}

/** What to put on a page. */
export class EmbedCodeResponse {
  /** @example "<a href=\"https://partners.example/r/8sKq2VbX0a\" rel=\"nofollow sponsored\">Top list</a>" */
  html: string;
  /**
   * Where the page fetches the image from; null when it shows none. Impressions are counted under our own origin only.
   * @example "https://partners.example/b/8sKq2VbX0a"
   */
  imageUrl: string | null;
  /** @example "https://partners.example/r/8sKq2VbX0a" */
  linkUrl: string;
  /**
   * Pixels, where they are known.
   * @example 300
   */
  width: number | null;
  /** @example 250 */
  height: number | null;
}

/** A page of promos. */
export class PromoPage {
  items: PromoResponse[];
  /** Give it as `cursor` for the next page; null on the last one. */
  nextCursor: string | null;
}

/** A new traffic source. */
export class CreateTrafficSourceDto {
  /** @example "Podcasts" */
  @IsLabel(100)
  name: string;
}

/** A traffic source. */
export class TrafficSourceResponse {
  /** @example "01900000-0000-7000-8000-000000000001" */
  id: string;
  /** @example "SEO and content site" */
  name: string;
}

/** All traffic sources. */
export class TrafficSourceList {
  items: TrafficSourceResponse[];
  nextCursor: string | null;
}

/**
 * The promo's tracking link.
 * @param publicUrl origin of tracking links
 */
export function trackingUrlOf({ code }: Promo, publicUrl: string): string {
  return `${publicUrl.replace(/\/+$/, '')}/r/${code}`;
}

/** What is shown beside a promo's own fields. */
export interface ShownPromo {
  promo: Promo;
  /** Null for a direct link. */
  medium: Medium | null;
  impressionsCount: number;
}

/**
 * The promo as the API answers it.
 * @param publicUrl origin of tracking links, without a slash at its end
 */
export function toPromoResponse(
  { promo, medium, impressionsCount }: ShownPromo,
  publicUrl: string,
): PromoResponse {
  return {
    id: promo.id,
    campaignId: promo.campaignId,
    brandId: promo.brandId,
    title: promo.title,
    code: promo.code,
    trackingUrl: trackingUrlOf(promo, publicUrl),
    trafficSourceId: promo.trafficSourceId,
    landingId: promo.landingId,
    targets: promo.targets,
    mediaId: promo.mediaId,
    medium: medium && toPromoMedium(medium, publicUrl),
    impressionsCount,
    createdAt: promo.createdAt.toISOString(),
  };
}

function toPromoMedium(medium: Medium, publicUrl: string): PromoMediumResponse {
  const { id, title, kind, width, height } = medium;
  const imageUrl = kind === 'image' ? addressOf(medium, publicUrl) : null;
  return { id, title, kind, width, height, imageUrl };
}

/** The traffic source as the API answers it. */
export function toTrafficSourceResponse({ id, name }: TrafficSource): TrafficSourceResponse {
  return { id, name };
}
