import { IsString, Length, Matches } from 'class-validator';
import { IsLabel, MayBeAbsent } from '../platform/index.js';
import { UserDto } from './auth.dto.js';
import type { User } from './user.entity.js';

export class UpdateMeDto {
  @MayBeAbsent()
  @IsLabel(200)
  name?: string;

  /** @example "+49 30 123456" */
  @MayBeAbsent()
  @IsString()
  @Matches(/^[+0-9 ()/-]{4,30}$/, { message: 'phone must be a phone number such as +49 30 123456' })
  phone?: string;

  /**
   * Currency that reports are shown in by default; bills and payments keep their own.
   * @example "EUR"
   */
  @MayBeAbsent()
  @IsString()
  @Length(3, 5)
  reportCurrency?: string;
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
    twoFactorEnabled: user.twoFactorEnabledAt !== null,
    lastSignInAt: user.lastSignInAt,
  };
}
