import { IsString, MaxLength } from 'class-validator';
import { MayBeAbsent } from '../../platform/index.js';

/** Proof that it is you, before all of your data leaves the program. */
export class RequestDataExportDto {
  /** Your password. */
  @IsString()
  @MaxLength(128)
  password: string;

  /**
   * Code of your authenticator app, when two-factor authentication is enabled.
   * @example "123456"
   */
  @MayBeAbsent()
  @IsString()
  @MaxLength(64)
  code?: string;
}

/** A copy of all data of your partner profile, as a ZIP of JSON files. */
export class DataExportDto {
  id: string;
  /**
   * `pending` while it is made, then `ready`, or `failed`; `expired` when its file is gone.
   * @example "ready"
   */
  state: string;
  requestedAt: Date;
  finishedAt: Date | null;
  /** Until when it can be downloaded. */
  expiresAt: Date | null;
  /** @example 123456 */
  sizeBytes: number | null;
}

export class DataExportPage {
  items: DataExportDto[];
  nextCursor: string | null;
}
