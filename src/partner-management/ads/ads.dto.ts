import { ApiProperty } from '@nestjs/swagger';
import { IsIn, IsInt, IsOptional, IsString, Max, MaxLength, Min } from 'class-validator';
import { IsHttpUrl, IsId, IsLabel, IsText, MayBeAbsent, PageQuery } from '../../platform/index.js';
import { OperatorRequestDto } from '../requests/requests.dto.js';
import { AD_FORMATS, type AdFormat, FORMATS_IN_WORDS } from './domain/ad-formats.js';
import { AD_STATES, type AdState } from './domain/ad-state.js';

const LONGEST_VIDEO_SECONDS = 120;
const LONGEST_WAIT_SECONDS = 30;

/** What an ad of one of the formats shows; null is like absent where it is made, and clears where it is changed. */
class CreativeDto {
  /**
   * Uploaded image of a banner, an interstitial or a native ad; its size is the ad's.
   * @example "01900000-0000-7000-8000-000000000a01"
   */
  @IsOptional()
  @IsId()
  imageId?: string | null;

  /**
   * Uploaded icon of a native ad.
   * @example "01900000-0000-7000-8000-000000000a02"
   */
  @IsOptional()
  @IsId()
  iconId?: string | null;

  /**
   * Uploaded video.
   * @example "01900000-0000-7000-8000-000000000a03"
   */
  @IsOptional()
  @IsId()
  videoId?: string | null;

  /**
   * Where a video lies that was not uploaded.
   * @example "https://cdn.lucky-fox.example/autumn.mp4"
   */
  @IsOptional()
  @IsHttpUrl()
  videoUrl?: string | null;

  /**
   * Length of the video.
   * @example 20
   */
  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(LONGEST_VIDEO_SECONDS)
  durationSeconds?: number | null;

  /**
   * When the video can be skipped; left out, it cannot.
   * @example 5
   */
  @IsOptional()
  @IsInt()
  @Min(0)
  @Max(LONGEST_VIDEO_SECONDS)
  skipAfterSeconds?: number | null;

  /**
   * When an interstitial can be closed.
   * @example 3
   */
  @IsOptional()
  @IsInt()
  @Min(0)
  @Max(LONGEST_WAIT_SECONDS)
  closeAfterSeconds?: number | null;

  /**
   * Of a native ad.
   * @example "100 free spins"
   */
  @IsOptional()
  @IsLabel(60)
  title?: string | null;

  /**
   * Of a native ad.
   * @example "New players get 100 free spins until Sunday."
   */
  @IsOptional()
  @IsText(200)
  text?: string | null;

  /**
   * On the button of a native ad.
   * @example "Play now"
   */
  @IsOptional()
  @IsLabel(30)
  callToAction?: string | null;
}

export class CreateAdDto extends CreativeDto {
  /**
   * For finding it; viewers do not see it.
   * @example "Autumn banner"
   */
  @IsLabel(120)
  name: string;

  @ApiProperty({ enum: AD_FORMATS, description: `Needs fields by format: ${FORMATS_IN_WORDS}` })
  @IsIn(AD_FORMATS)
  format: AdFormat;

  /**
   * Where whoever follows it is led.
   * @example "https://lucky-fox.example/autumn"
   */
  @IsHttpUrl()
  clickUrl: string;
}

/** What is to be changed of an ad; absent fields stay. */
export class ChangeAdDto extends CreativeDto {
  /**
   * For finding it; viewers do not see it.
   * @example "Autumn banner"
   */
  @MayBeAbsent()
  @IsLabel(120)
  name?: string;

  /**
   * Where whoever follows it is led.
   * @example "https://lucky-fox.example/autumn"
   */
  @MayBeAbsent()
  @IsHttpUrl()
  clickUrl?: string;
}

/** What viewers see of an ad; null for what its format does not have. */
export class ShownCreativeDto {
  imageUrl: string | null;
  iconUrl: string | null;
  videoUrl: string | null;
  /**
   * Pixels of the image.
   * @example 300
   */
  width: number | null;
  /** @example 250 */
  height: number | null;
  durationSeconds: number | null;
  skipAfterSeconds: number | null;
  closeAfterSeconds: number | null;
  title: string | null;
  text: string | null;
  callToAction: string | null;
}

/** What viewers see, with the ids of the files: their addresses are for those who may see the ad before it is shown. */
export class AdCreativeDto extends ShownCreativeDto {
  imageId: string | null;
  iconId: string | null;
  videoId: string | null;
}

/** An ad of a partner. */
export class AdDto {
  id: string;
  name: string;
  @ApiProperty({ enum: AD_FORMATS })
  format: AdFormat;
  @ApiProperty({ enum: AD_STATES, description: 'Only an `approved` ad is shown.' })
  state: AdState;
  /**
   * Grows with every change that viewers could see.
   * @example 1
   */
  revision: number;
  clickUrl: string;
  creative: AdCreativeDto;
  /** Why a rejected ad was rejected or taken down. */
  reason: string | null;
  createdAt: Date;
  updatedAt: Date;
}

export class AdPage {
  items: AdDto[];
  nextCursor: string | null;
}

export class AdQuery extends PageQuery {
  @MayBeAbsent()
  @IsIn(AD_STATES)
  state?: AdState;

  @MayBeAbsent()
  @IsIn(AD_FORMATS)
  format?: AdFormat;
}

export class OperatorAdQuery extends AdQuery {
  /** Only this partner's. */
  @MayBeAbsent()
  @IsId()
  partnerId?: string;

  /** Part of the partner's name. */
  @MayBeAbsent()
  @IsString()
  @MaxLength(200)
  partner?: string;
}

/** An ad as operators see it. */
export class OperatorAdDto extends AdDto {
  partnerId: string;
  partnerName: string;
}

export class OperatorAdPage {
  items: OperatorAdDto[];
  nextCursor: string | null;
}

export class TakeDownAdDto {
  /**
   * Why; the partner sees it.
   * @example "The page behind it promises what the law forbids."
   */
  @IsText(2000)
  reason: string;
}

/** A request for the approval of an ad as operators see it. */
export class AdRequestDto extends OperatorRequestDto {
  /** The ad as it is now: while the request is pending, the very one that would be shown. */
  preview: AdDto | null;
}

export class AdRequestPage {
  items: AdRequestDto[];
  nextCursor: string | null;
}
