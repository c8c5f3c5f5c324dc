import { IsIn, IsOptional, IsString, MaxLength } from 'class-validator';
import { IsCountry, MayBeAbsent, PageQuery } from '../../platform/index.js';

export class EndUsersQuery extends PageQuery {
  /**
   * Those whose address begins so, in any case.
   * @example "ann@"
   */
  @IsOptional()
  @IsString()
  @MaxLength(320)
  email?: string;

  /** @example "u-1001" */
  @IsOptional()
  @IsString()
  @MaxLength(200)
  externalId?: string;

  /** @example "DE" */
  @IsOptional()
  @IsCountry()
  country?: string;

  /** `registered`: of the program's apps, whom broadcasts beyond followers reach; `follower`: known from channels only. */
  @MayBeAbsent()
  @IsIn(['registered', 'follower', 'all'])
  kind: 'registered' | 'follower' | 'all' = 'all';
}

/** Somebody whom partners' broadcasts may reach. */
export class EndUserDto {
  id: string;
  /**
   * The app's id of the person; null for those known from channels only.
   * @example "u-1001"
   */
  externalId: string | null;
  /** @example "ann@example.com" */
  email: string;
  name: string | null;
  /** @example "DE" */
  country: string | null;
  /** @example "de" */
  language: string | null;
  /** Null for those known from channels only. */
  registeredAt: Date | null;
  /**
   * How many channels it follows.
   * @example 2
   */
  channelsCount: number;
  /** Whether it has unsubscribed from all mails. */
  unsubscribed: boolean;
}

export class EndUserPage {
  items: EndUserDto[];
  nextCursor: string | null;
}
