import { PersonalDataProofDto } from '../personal-data-proof.dto.js';

/** Proof that it is you, before all of your data leaves the program. */
export class RequestDataExportDto extends PersonalDataProofDto {}

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
