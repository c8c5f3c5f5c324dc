import { ApiPropertyOptional } from '@nestjs/swagger';
import { Exclude, Expose } from 'class-transformer';
import { IsIn, IsOptional, IsString, Length } from 'class-validator';
import { MayBeAbsent } from '../../platform/index.js';

export const UNSUBSCRIBE_SCOPES = ['channel', 'all', 'forget'] as const;
export type UnsubscribeScope = (typeof UNSUBSCRIBE_SCOPES)[number];

/** Whatever else stands in the address is left out: those who rewrite links, and hang something on them, keep nobody here. */
@Exclude()
export class UnsubscribeQuery {
  /** Of the mailed link. */
  @Expose()
  @MayBeAbsent()
  @IsString()
  @Length(1, 400)
  token?: string;
}

/** What the page's form sends, or a mail program by its own button; whatever else it sends is left out. */
@Exclude()
export class UnsubscribeDto {
  /** Of the mailed link, unless the address has it. */
  @Expose()
  @MayBeAbsent()
  @IsString()
  @Length(1, 400)
  token?: string;

  /**
   * No more mails of the `channel`, or none at `all`; `forget` erases whatever is known of the person, too.
   * @example "channel"
   */
  @Expose()
  @ApiPropertyOptional({ enum: UNSUBSCRIBE_SCOPES })
  @IsOptional()
  @IsIn(UNSUBSCRIBE_SCOPES)
  scope?: UnsubscribeScope;

  /**
   * Sent by mail programs (RFC 8058); it changes nothing.
   * @example "One-Click"
   */
  @Expose()
  @IsOptional()
  @IsString()
  'List-Unsubscribe'?: string;
}
