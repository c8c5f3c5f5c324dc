import { ApiProperty } from '@nestjs/swagger';
import { IsIn, IsInt, Matches, Max, Min } from 'class-validator';
import { FromDigits, IsCountry, MayBeAbsent } from '../../../platform/index.js';
import { ShownCreativeDto } from '../ads.dto.js';
import { AD_FORMATS, type AdFormat } from '../domain/ad-formats.js';
import { RENDER_OUTCOMES, type RenderOutcome } from '../domain/render-decisions.js';
import { LANGUAGE, PLACEMENT, PLATFORMS, type Platform } from '../domain/targeting.js';

const WIDEST = 10_000;

/** What there is room for, and who looks at it. A campaign that aims at what is not told here is left out. */
export class ServeQuery {
  @IsIn(AD_FORMATS)
  format: AdFormat;

  /**
   * Name of the place where the ad is shown: at most 50 lower-case letters, digits and single hyphens.
   * @example "home-top"
   */
  @MayBeAbsent()
  @Matches(PLACEMENT, {
    message: 'placement must be at most 50 lower-case letters, digits and single hyphens',
  })
  placement?: string;

  /**
   * Country of the viewer, ISO 3166-1 alpha-2.
   * @example "DE"
   */
  @MayBeAbsent()
  @IsCountry()
  country?: string;

  /**
   * Language of the page, ISO 639.
   * @example "de"
   */
  @MayBeAbsent()
  @Matches(LANGUAGE, { message: 'language must be a code of ISO 639 such as de' })
  language?: string;

  @MayBeAbsent()
  @IsIn(PLATFORMS)
  platform?: Platform;

  /**
   * Only images of this width in pixels.
   * @example 300
   */
  @MayBeAbsent()
  @FromDigits()
  @IsInt()
  @Min(1)
  @Max(WIDEST)
  width?: number;

  /**
   * Only images of this height in pixels.
   * @example 250
   */
  @MayBeAbsent()
  @FromDigits()
  @IsInt()
  @Min(1)
  @Max(WIDEST)
  height?: number;
}

/** An ad to be shown once, now. */
export class ServedAdDto {
  /** Names this one showing. */
  token: string;
  /** Until then its render can be confirmed. */
  expiresAt: Date;
  @ApiProperty({ enum: AD_FORMATS })
  format: AdFormat;
  creative: ShownCreativeDto;
  /** Where whoever follows the ad goes: it counts the click and leads on. */
  clickUrl: string;
  /** To be sent a POST without a body once the ad is seen. */
  renderUrl: string;
}

/** What became of a confirmation. */
export class RenderDto {
  /** Whether an impression was taken. */
  counted: boolean;
  @ApiProperty({
    enum: RENDER_OUTCOMES,
    description:
      '`REPEATED`: this token was confirmed before; `BOT`: by its user agent; `NOT_SHOWN_ANY_MORE`: the ad was changed, ' +
      'taken down or archived, or its campaign has ended; `NO_IMPRESSIONS_LEFT`: others were faster',
  })
  outcome: RenderOutcome;
}
