import { applyDecorators } from '@nestjs/common';
import { IsIn, IsISO8601, IsOptional, IsString, Length, Matches, MaxLength } from 'class-validator';
import { ImportedPartner } from '../../partner-management/index.js';
import { IsId, IsLabel } from '../../platform/index.js';

const TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,9})?(Z|[+-]\d{2}:\d{2})$/;
const AMOUNT = { message: '$property must be a decimal number that is not below zero, such as 125.50' };

/** The id that something has in the other program. Nothing else would name it with blanks around it. */
const OldId = (): PropertyDecorator =>
  applyDecorators(
    Matches(/^\S(.*\S)?$/s, { message: '$property must not be blank, nor begin or end with blanks' }),
    Length(1, 200),
  );

/** The name or id of something that is here. */
const Named = (): PropertyDecorator => Length(1, 200);

const IsTime = (): PropertyDecorator =>
  applyDecorators(
    IsISO8601({ strict: true }),
    Matches(TIME, { message: '$property must be a time with its zone such as 2024-05-01T10:00:00Z' }),
  );

/** Columns of `partners.csv`. */
export class PartnerRow extends ImportedPartner {
  @IsString()
  @OldId()
  id: string;

  @IsOptional()
  @IsTime()
  registered_at?: string;
}

/** Columns of `campaigns.csv`. */
export class CampaignRow {
  @OldId()
  id: string;

  @OldId()
  partner_id: string;

  /** Id or slug. */
  @Named()
  brand: string;

  /** Id or name. */
  @Named()
  plan: string;

  @IsLabel(200)
  name: string;

  @IsOptional()
  @IsIn(['active', 'archived'])
  state?: 'active' | 'archived';
}

/** Columns of `links.csv`. */
export class LinkRow {
  @Matches(/^[0-9A-Za-z_-]{3,32}$/, {
    message:
      '$property must have 3 to 32 letters without accents, digits, - and _: other codes cannot be kept',
  })
  code: string;

  @OldId()
  campaign_id: string;

  /** Id or address. */
  @MaxLength(2000)
  landing: string;

  @IsOptional()
  @IsLabel(200)
  title?: string;

  @IsOptional()
  @IsId()
  traffic_source?: string;
}

/** Columns of `sub-affiliates.csv`. */
export class SubAffiliateRow {
  @OldId()
  partner_id: string;

  @MaxLength(32)
  link: string;

  @IsOptional()
  @IsTime()
  connected_at?: string;
}

/** Columns of `balances.csv`. */
export class BalanceRow {
  @OldId()
  partner_id: string;

  @Length(3, 5)
  currency: string;

  @Matches(/^\d{1,20}(\.\d{1,18})?$/, AMOUNT)
  available: string;

  @IsOptional()
  @Matches(/^\d{1,20}(\.\d{1,18})?$/, AMOUNT)
  paid?: string;
}

/** The columns of each file. */
export const COLUMNS = {
  partners: {
    required: ['id', 'email', 'name', 'kind', 'country'],
    optional: ['phone', 'website', 'description', 'registered_at'],
  },
  campaigns: { required: ['id', 'partner_id', 'brand', 'plan', 'name'], optional: ['state'] },
  links: { required: ['code', 'campaign_id', 'landing'], optional: ['title', 'traffic_source'] },
  players: {
    required: ['user_id', 'link', 'sign_up_at'],
    optional: [
      'settled',
      'email',
      'country',
      'date_of_birth',
      'first_name',
      'last_name',
      'nickname',
      'gender',
      'language',
      'duplicate',
      'self_excluded',
      'disabled',
    ],
  },
  subAffiliates: { required: ['partner_id', 'link'], optional: ['connected_at'] },
  balances: { required: ['partner_id', 'currency', 'available'], optional: ['paid'] },
} as const;
