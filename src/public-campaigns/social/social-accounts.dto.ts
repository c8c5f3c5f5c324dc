import { ApiProperty } from '@nestjs/swagger';
import { IsIn, IsString, MaxLength } from 'class-validator';
import { SOCIAL_PLATFORMS, SocialAccountDto } from '../../partner-management/index.js';
import { MayBeAbsent, type SocialPlatformName } from '../../platform/index.js';
import type { ConnectedAccount, ConnectionState } from './connected-accounts.service.js';

/** An account that you let the program read. */
export class ConnectedAccountDto {
  id: string;
  /** @example "tiktok" */
  @ApiProperty({ enum: SOCIAL_PLATFORMS })
  platform: SocialPlatformName;
  /**
   * In lower case, without @.
   * @example "ann.reviews"
   */
  handle: string;
  /** Null where the platform does not tell. */
  followers: number | null;
  /** `reconnect_needed` when the platform no longer lets the program read the account. */
  @ApiProperty({ enum: ['connected', 'reconnect_needed', 'disconnected'] })
  state: ConnectionState;
  /** The program renews its access before; null while not connected. */
  tokenExpiresAt: Date | null;
  connectedAt: Date;
  /** The account of the same name that you gave when you signed up; null when there is none. */
  socialAccountId: string | null;
}

/** What you signed up with and what you connected since. */
export class SocialAccountList {
  /** The accounts that you gave when you signed up, with the state of their verification. */
  items: SocialAccountDto[];
  nextCursor: string | null;
  /** The accounts that you connected, those that you disconnected too. */
  connections: ConnectedAccountDto[];
  /** Where accounts can be connected. */
  @ApiProperty({ enum: SOCIAL_PLATFORMS, isArray: true })
  platforms: SocialPlatformName[];
}

export class ConnectSocialAccountDto {
  @IsIn(SOCIAL_PLATFORMS)
  platform: SocialPlatformName;

  /**
   * Frontend to go back to, one of those that the program's settings name; without it the way ends on a page of the
   * program.
   * @example "https://app.example.com/accounts"
   */
  @MayBeAbsent()
  @IsString()
  @MaxLength(2048)
  returnTo?: string;
}

export class ConnectSocialAccountResponse {
  /** Open it in this browser, which has a cookie until it comes back. */
  authorizationUrl: string;
}

/** The account, with the one of the same name among those that its partner signed up with. */
export function toConnectedAccountDto(
  { partnerId: _, platformUserId: __, ...account }: ConnectedAccount,
  signedUpWith: readonly SocialAccountDto[],
): ConnectedAccountDto {
  const same = signedUpWith.find(
    ({ platform, handle }) => platform === account.platform && handle === account.handle,
  );
  return { ...account, socialAccountId: same?.id ?? null };
}
