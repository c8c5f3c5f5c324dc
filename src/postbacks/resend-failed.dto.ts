import { OmitType } from '@nestjs/swagger';
import { IsBoolean } from 'class-validator';
import { MayBeAbsent } from '../platform/index.js';
import { PostbackLogQuery } from './postback-log.dto.js';

/** Which failed postbacks to send again: the filters of the log; of what was never tried the time is when it was made. */
export class ResendFailedDto extends OmitType(PostbackLogQuery, ['cursor', 'limit'] as const) {
  /**
   * Only count them.
   * @example true
   */
  @MayBeAbsent()
  @IsBoolean()
  dryRun?: boolean;
}

/** Failed postbacks that are sent again, or would be. */
export class ResentPostbacksResponse {
  dryRun: boolean;
  /**
   * Queued now, or, by a dry run, what would be: one for each event and postback.
   * @example 120
   */
  count: number;
  /**
   * Of a dry run: how many of them go to an address, the URL before its `?`, that their postback has left. Each is sent to
   * the URL that its event filled then, without headers where the address is another now.
   * @example 0
   */
  toFormerAddresses?: number;
  /** There are more: they are queued in the background. A dry run counts among the latest failures only. */
  more: boolean;
}
