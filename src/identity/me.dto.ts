import { Type } from 'class-transformer';
import { IsBoolean, IsObject, IsOptional, IsString, Length, ValidateNested } from 'class-validator';
import { IsLabel, IsPhone, MayBeAbsent } from '../platform/index.js';
import { UserDto } from './auth.dto.js';
import { type MailSubscription, subscriptionsOf } from './domain/mail-subscriptions.js';
import type { User } from './user.entity.js';

/** The kinds to change; the others stay as they are. */
export class UpdateEmailSubscriptionsDto implements Partial<Record<MailSubscription, boolean>> {
  @MayBeAbsent()
  @IsBoolean()
  news?: boolean;

  @MayBeAbsent()
  @IsBoolean()
  bills?: boolean;

  @MayBeAbsent()
  @IsBoolean()
  cashouts?: boolean;

  @MayBeAbsent()
  @IsBoolean()
  reports?: boolean;

  @MayBeAbsent()
  @IsBoolean()
  postbacks?: boolean;

  @MayBeAbsent()
  @IsBoolean()
  publications?: boolean;

  @MayBeAbsent()
  @IsBoolean()
  campaigns?: boolean;
}

export class UpdateMeDto {
  @MayBeAbsent()
  @IsLabel(200)
  name?: string;

  /**
   * With + and the country code (E.164); spaces, brackets and dashes are dropped. `null` removes it.
   * @example "+4930123456"
   */
  @IsOptional()
  @IsPhone()
  phone?: string | null;

  /**
   * Currency that reports are shown in by default; bills and payments keep their own. `null` removes it.
   * @example "EUR"
   */
  @IsOptional()
  @IsString()
  @Length(3, 5)
  reportCurrency?: string | null;

  @MayBeAbsent()
  @IsObject()
  @ValidateNested()
  @Type(() => UpdateEmailSubscriptionsDto)
  emailSubscriptions?: UpdateEmailSubscriptionsDto;
}

/** A change of e-mail that waits for both addresses to confirm it. */
export class PendingEmailChangeDto {
  /** @example "ann@new.example" */
  newEmail: string;
  newConfirmed: boolean;
  oldConfirmed: boolean;
  expiresAt: Date;
}

/** An operator in the place of the user. */
export class ImpersonationDto {
  id: string;
  /** @example "Olga Operator" */
  operatorName: string;
  reason: string;
  /** When it ends at the latest. */
  endsAt: Date;
}

/** Who is acting, for whom, and what is allowed. */
export class MeResponse {
  user: UserDto;
  /** @example "partner" */
  realm: string;
  /** @example "owner" */
  role: string;
  partnerId: string | null;
  brandId: string | null;
  /** Whether the partner is approved and not suspended. */
  active: boolean;
  permissions: string[];
  /** Whether an operator acts in the partner's place. */
  impersonating: boolean;
  /** Who does, why and until when; the rest of the answer tells in whose place. */
  impersonation: ImpersonationDto | null;
  emailChange: PendingEmailChangeDto | null;
}

export class StatisticTokenResponse {
  /** For the `Authorization` header of the report API; opens nothing else. */
  token: string;
}

/** A user as the API shows it. */
export function toUserDto(user: User): UserDto {
  return {
    id: user.id,
    email: user.email,
    name: user.name,
    phone: user.phone,
    reportCurrency: user.reportCurrency,
    emailSubscriptions: subscriptionsOf(user.mailOptOuts),
    twoFactorEnabled: user.twoFactorEnabledAt !== null,
    lastSignInAt: user.lastSignInAt,
  };
}
