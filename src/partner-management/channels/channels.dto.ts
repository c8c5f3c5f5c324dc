import { IsIn, IsOptional, IsString, Matches, MaxLength } from 'class-validator';
import { IsLabel, IsLanguage, MayBeAbsent, PageQuery } from '../../platform/index.js';

export const CHANNEL_STATES = ['active', 'archived'] as const;
export type ChannelState = (typeof CHANNEL_STATES)[number];

const HANDLE = /^[a-z0-9][a-z0-9-]{1,30}[a-z0-9]$/;
const HANDLE_MESSAGE = {
  message: 'handle must have 3 to 32 lower-case letters, digits or hyphens, with no hyphen at its ends',
};

/** What a partner says of a channel beyond its name. */
class ChannelTermsDto {
  @IsOptional()
  @IsString()
  @MaxLength(2_000)
  description?: string | null;

  /** @example "Gadgets" */
  @IsOptional()
  @IsLabel(100)
  category?: string | null;

  /**
   * BCP 47 tag.
   * @example "en"
   */
  @IsOptional()
  @IsLanguage()
  language?: string | null;
}

export class CreateChannelDto extends ChannelTermsDto {
  /** @example "Ann’s gadget tests" */
  @IsLabel(100)
  name: string;

  /**
   * Unique in the program.
   * @example "ann-tests"
   */
  @Matches(HANDLE, HANDLE_MESSAGE)
  handle: string;
}

export class ChangeChannelDto extends ChannelTermsDto {
  @MayBeAbsent()
  @IsLabel(100)
  name?: string;

  /** @example "ann-tests" */
  @MayBeAbsent()
  @Matches(HANDLE, HANDLE_MESSAGE)
  handle?: string;
}

export class ChannelsQuery extends PageQuery {
  /** @example "active" */
  @MayBeAbsent()
  @IsIn([...CHANNEL_STATES, 'all'])
  state: ChannelState | 'all' = 'all';
}

/** A channel, by which a partner reaches those who follow it. */
export class ChannelDto {
  id: string;
  /** @example "Ann’s gadget tests" */
  name: string;
  /** @example "ann-tests" */
  handle: string;
  description: string | null;
  category: string | null;
  /** @example "en" */
  language: string | null;
  /** An archived channel keeps its followers, and takes neither new ones nor broadcasts. */
  state: ChannelState;
  /** @example 1250 */
  followersCount: number;
  createdAt: Date;
}

export class ChannelPage {
  items: ChannelDto[];
  nextCursor: string | null;
}
