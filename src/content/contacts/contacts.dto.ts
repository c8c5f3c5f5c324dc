import { ApiProperty } from '@nestjs/swagger';
import { IsEmail, IsInt, IsOptional, Max, MaxLength, Min } from 'class-validator';
import { PersonalManagerDto } from '../../partner-management/index.js';
import { IsId, IsLabel, IsPhone, MayBeAbsent, PageQuery } from '../../platform/index.js';

/** What of a contact may be left out; null clears. */
class ContactDetailsDto {
  /**
   * What the person does there.
   * @example "Affiliate manager"
   */
  @IsOptional()
  @IsLabel(100)
  role?: string | null;

  /** @example "partners@lucky-fox.example" */
  @IsOptional()
  @IsEmail()
  @MaxLength(320)
  email?: string | null;

  /**
   * E.164.
   * @example "+35621234567"
   */
  @IsOptional()
  @IsPhone()
  phone?: string | null;

  /** @example "Telegram @luckyfox" */
  @IsOptional()
  @IsLabel(200)
  messenger?: string | null;

  /**
   * Contacts of lower positions come first; 0 unless given.
   * @example 10
   */
  @MayBeAbsent()
  @IsInt()
  @Min(0)
  @Max(10_000)
  position?: number;
}

/** A new contact; it has an e-mail, a telephone number or a messenger at least. */
export class CreateContactDto extends ContactDetailsDto {
  /** Brand whose contact it is; without one it is a contact of the whole program. */
  @IsOptional()
  @IsId()
  brandId?: string | null;

  /** @example "Olga Fox" */
  @IsLabel(200)
  name: string;
}

export class UpdateContactDto extends ContactDetailsDto {
  @MayBeAbsent()
  @IsLabel(200)
  name?: string;
}

export class ContactsQuery extends PageQuery {
  /** Only this brand's. */
  @MayBeAbsent()
  @IsId()
  brandId?: string;
}

/** Somebody whom partners may write to or call. */
export class ContactDto {
  id: string;
  /** Null for a contact of the whole program. */
  brandId: string | null;
  name: string;
  /** @example "Affiliate manager" */
  role: string | null;
  email: string | null;
  phone: string | null;
  messenger: string | null;
  position: number;
  createdAt: Date;
}

export class ContactPage {
  items: ContactDto[];
  nextCursor: string | null;
}

/** Somebody whom a partner may write to or call. */
export class PartnerContactDto {
  id: string;
  name: string;
  /** @example "Affiliate manager" */
  role: string | null;
  email: string | null;
  phone: string | null;
  messenger: string | null;
}

export class BrandContactsDto {
  brandId: string;
  brandName: string;
  contacts: PartnerContactDto[];
}

/** Whom a partner turns to. */
export class PartnerContactsDto {
  /** The operator who looks after the partner; null while there is none. */
  @ApiProperty({ type: PersonalManagerDto, nullable: true })
  manager: PersonalManagerDto | null;
  /** Of the whole program. */
  general: PartnerContactDto[];
  /** Of the brands that the partner has campaigns with. */
  brands: BrandContactsDto[];
}
