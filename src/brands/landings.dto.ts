import { IsBoolean, IsIn, IsOptional } from 'class-validator';
import { IsHttpUrl, IsId, IsLabel, MayBeAbsent, PageQuery } from '../platform/index.js';
import { AUDIENCES, type Audience, type Landing } from './landing.entity.js';

/** A new landing. */
export class CreateLandingDto {
  /** @example "01900000-0000-7000-8000-000000000101" */
  @IsId()
  brandId: string;

  /** @example "Welcome bonus" */
  @IsLabel(200)
  title: string;

  /**
   * Where visitors are sent; the visit id is added to its query. For `sub_affiliates` the page on which partners sign
   * up, by default the program's own at `/sign-up`; the link's code is added as `ref`.
   * @example "https://lucky-fox.example/welcome"
   */
  @IsHttpUrl()
  url: string;

  /** @example "players" */
  @IsIn(AUDIENCES)
  audience: Audience;
}

/** What may be changed of a landing; absent fields stay. */
export class UpdateLandingDto {
  /** @example "Welcome bonus" */
  @MayBeAbsent()
  @IsLabel(200)
  title?: string;

  /**
   * Links that lead to the landing follow at once.
   * @example "https://lucky-fox.example/hello"
   */
  @MayBeAbsent()
  @IsHttpUrl()
  url?: string;

  /**
   * An inactive landing takes no new promos; those that have it keep it.
   * @example false
   */
  @MayBeAbsent()
  @IsBoolean()
  active?: boolean;
}

/** Filters of landing lists. */
export class LandingsQuery extends PageQuery {
  /** @example "01900000-0000-7000-8000-000000000101" */
  @IsOptional()
  @IsId()
  brandId?: string;

  /** @example "players" */
  @IsOptional()
  @IsIn(AUDIENCES)
  audience?: Audience;
}

/** A landing. */
export class LandingResponse {
  /** @example "01900000-0000-7000-8000-000000000201" */
  id: string;
  /** @example "01900000-0000-7000-8000-000000000101" */
  brandId: string;
  /** @example "Welcome bonus" */
  title: string;
  /** @example "https://lucky-fox.example/welcome" */
  url: string;
  /** @example "players" */
  audience: 'players' | 'sub_affiliates';
  /** @example true */
  active: boolean;
  /** @example "2026-10-01T10:00:00.000Z" */
  createdAt: string;
}

/** A page of landings. */
export class LandingPage {
  items: LandingResponse[];
  /** Give it as `cursor` for the next page; null on the last one. */
  nextCursor: string | null;
}

/** The landing as the API answers it. */
export function toLandingResponse(landing: Landing): LandingResponse {
  return { ...landing, createdAt: landing.createdAt.toISOString() };
}
