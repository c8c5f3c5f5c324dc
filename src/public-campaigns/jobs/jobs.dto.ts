import { ApiProperty, OmitType } from '@nestjs/swagger';
import { IsIn, IsInt, Max, MaxLength, Min } from 'class-validator';
import { IsId, IsLabel, MayBeAbsent, PageQuery } from '../../platform/index.js';
import {
  CAMPAIGN_STATES,
  type CampaignState,
  JOIN_CLOSURES,
  type JoinClosure,
} from '../domain/campaign-status.js';
import { CampaignFactsDto, toCampaignFacts } from '../campaigns/public-campaigns.dto.js';
import { type Ineligibility, INELIGIBILITIES } from '../domain/eligibility.js';
import { type Platform, PLATFORMS } from '../domain/post-url.js';
import type { Participation } from '../joining/participation-rows.js';
import type { AccountBeforeJob, Job } from './job-search.service.js';

const OPEN_STATUSES = ['upcoming', 'ongoing'] as const;
type Code = JoinClosure | Ineligibility;
const MESSAGES: Readonly<Record<Code, string>> = { ...JOIN_CLOSURES, ...INELIGIBILITIES };
const CODES = Object.keys(MESSAGES);

/** Filters of the search for jobs. */
export class JobsQuery extends PageQuery {
  @ApiProperty({ enum: OPEN_STATUSES, required: false })
  @MayBeAbsent()
  @IsIn(OPEN_STATUSES)
  status?: (typeof OPEN_STATUSES)[number];

  @ApiProperty({ enum: PLATFORMS, required: false })
  @MayBeAbsent()
  @IsIn(PLATFORMS)
  platform?: Platform;

  /**
   * Part of the title, the description or the brand's name.
   * @example "fox"
   */
  @MayBeAbsent()
  @IsLabel(200)
  @MaxLength(200)
  search?: string;
}

/** Why a creator cannot join. */
export class IneligibilityDto {
  @ApiProperty({ enum: CODES })
  code: Code;
  message: string;
}

/** One of your accounts at a platform of the campaign. */
export class JobAccountDto {
  connectedAccountId: string;
  @ApiProperty({ enum: PLATFORMS })
  platform: Platform;
  /** @example "ann.reviews" */
  handle: string;
  /** Whether it can join now. */
  eligible: boolean;
  /** Everything that keeps it from joining. */
  reasons: IneligibilityDto[];
  /** Set when it has joined for you. */
  participationId: string | null;
}

/** The brand behind a campaign. */
export class JobBrandDto {
  id: string;
  /** @example "Lucky Fox" */
  name: string;
}

/** A public campaign, as creators find it. */
export class JobResponse extends CampaignFactsDto {
  brand: JobBrandDto;
  /** Only `published` ones can be joined; others are shown to those who have. */
  @ApiProperty({ enum: CAMPAIGN_STATES })
  state: CampaignState;
  /** Whether you can join now with one of your accounts. */
  eligible: boolean;
  /** Everything that keeps you from joining; empty when you can. */
  reasons: IneligibilityDto[];
  accounts: JobAccountDto[];
}

/** A page of jobs. */
export class JobPage {
  items: JobResponse[];
  nextCursor: string | null;
}

/** With which account a creator joins. */
export class JoinJobDto {
  @IsId()
  connectedAccountId: string;

  /**
   * The version of the terms and conditions of payment that you have read and accept.
   * @example 1
   */
  @IsInt()
  @Min(1)
  @Max(2_000_000_000)
  acceptedTermsVersion: number;
}

/** Your account in a campaign. */
export class ParticipationResponse {
  id: string;
  jobId: string;
  connectedAccountId: string;
  @ApiProperty({ enum: PLATFORMS })
  platform: Platform;
  handle: string;
  /** The version of the terms that was accepted. */
  termsVersion: number;
  joinedAt: Date;
}

/** A participation with its campaign. */
export class ParticipationItem extends OmitType(ParticipationResponse, []) {
  /** @example "Autumn with Lucky Fox" */
  title: string;
}

/** A participation with what was accepted. */
export class ParticipationDetail extends OmitType(ParticipationItem, []) {
  /** The text of that version, which stays as it was when the campaign has other terms. */
  terms: string;
}

/** A page of participations. */
export class ParticipationPage {
  items: ParticipationItem[];
  nextCursor: string | null;
}

/** The job as the API answers it. */
export function toJobResponse(
  { campaign, brandName, closure, faults, accounts }: Job,
  now: Date,
): JobResponse {
  const reasons = reasonsOf(closure, faults);
  return {
    ...toCampaignFacts(campaign, now),
    brand: { id: campaign.brandId, name: brandName },
    state: campaign.state,
    eligible: reasons.length === 0,
    reasons,
    accounts: accounts.map((account) => toJobAccount(closure, account)),
  };
}

/** The participation as the API answers it. */
export function toParticipationResponse({
  campaignId,
  partnerId: _,
  platformUserId: __,
  erased: ___,
  ...participation
}: Participation): ParticipationResponse {
  return { ...participation, jobId: campaignId };
}

function toJobAccount(
  closure: JoinClosure | null,
  { account, faults, participationId }: AccountBeforeJob,
): JobAccountDto {
  const reasons = reasonsOf(closure, faults);
  return {
    connectedAccountId: account.id,
    platform: account.platform,
    handle: account.handle,
    eligible: reasons.length === 0,
    reasons,
    participationId,
  };
}

function reasonsOf(closure: JoinClosure | null, faults: readonly Ineligibility[]): IneligibilityDto[] {
  const codes: Code[] = closure ? [closure, ...faults] : [...faults];
  return codes.map((code) => ({ code, message: MESSAGES[code] }));
}
