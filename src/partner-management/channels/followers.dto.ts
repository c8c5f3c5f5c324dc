import { ArrayMaxSize, ArrayMinSize, IsArray, IsOptional, IsString, MaxLength } from 'class-validator';
import { PageQuery } from '../../platform/index.js';
import { MOST_ITEMS } from './people.dto.js';

export class FollowersQuery extends PageQuery {
  /**
   * The follower with this id of yours.
   * @example "u-1001"
   */
  @IsOptional()
  @IsString()
  @MaxLength(200)
  externalId?: string;

  /**
   * The follower with this address, in any case.
   * @example "ann@example.com"
   */
  @IsOptional()
  @IsString()
  @MaxLength(320)
  email?: string;
}

/** Somebody who follows a channel. */
export class FollowerDto {
  id: string;
  /** @example "u-1001" */
  externalId: string;
  /** @example "ann@example.com" */
  email: string;
  name: string | null;
  /** @example "DE" */
  country: string | null;
  /** @example "de" */
  language: string | null;
  followedAt: Date;
}

export class FollowerPage {
  items: FollowerDto[];
  nextCursor: string | null;
}

export class RemoveFollowersDto {
  /**
   * Your ids of those to remove; ids that no follower has are passed over.
   * @example ["u-1001"]
   */
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(MOST_ITEMS)
  @IsString({ each: true })
  @MaxLength(200, { each: true })
  externalIds: string[];
}

export class RemovedFollowersDto {
  /** @example 1 */
  removed: number;
}
