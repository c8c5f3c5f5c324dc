import { IsText } from '../platform/index.js';

export class SuspendPartnerDto {
  /** What the partner is told. */
  @IsText(2000)
  reason: string;
}

/** A time in which a partner earned nothing. */
export class SuspensionDto {
  id: string;
  /** What the partner was told. */
  reason: string;
  /** The first moment of it. */
  from: Date;
  /** The first moment after it; null while it lasts. */
  until: Date | null;
  /** Id of the operator; null for suspensions of old. */
  suspendedBy: string | null;
  reactivatedBy: string | null;
}
