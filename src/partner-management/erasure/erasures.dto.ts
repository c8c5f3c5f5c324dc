import { IsBoolean, IsIn } from 'class-validator';
import { MayBeAbsent, PageQuery } from '../../platform/index.js';
import { PersonalDataProofDto } from '../personal-data-proof.dto.js';

/** Proof that it is you, and what you give up. */
export class RequestErasureDto extends PersonalDataProofDto {
  /** Gives up what has not been paid to you: the available balance, and bills that wait for their decision. */
  @MayBeAbsent()
  @IsBoolean()
  acceptLoss?: boolean;
}

/** Something that stands in the way of an erasure. */
export class ErasureObstacleDto {
  /**
   * `OPEN_CASHOUTS`, `OPEN_CORRECTIONS` (of the balance, that wait for a second operator), `NEGATIVE_BALANCE` and
   * `WALLET_FROZEN` cannot be given up; `AVAILABLE_BALANCE`, `OPEN_BILLS`, `PUBLICATIONS_IN_REVIEW` and `UNPAID_POSTS` can.
   * @example "AVAILABLE_BALANCE"
   */
  code: string;
  /** @example "12.50 EUR has not been withdrawn." */
  message: string;
  /** Whether it can be given up by `acceptLoss`. */
  waivable: boolean;
}

/** The erasure of a partner's data. */
export class ErasureDto {
  id: string;
  /**
   * `pending` until it is due and may be cancelled; then `running` and `done`.
   * @example "pending"
   */
  state: string;
  /** Whether the partner gives up what it has not been paid. */
  acceptsLoss: boolean;
  requestedAt: Date;
  dueAt: Date;
  /** When it was put off last, because something stood in the way. */
  postponedAt: Date | null;
  cancelledAt: Date | null;
  startedAt: Date | null;
  finishedAt: Date | null;
}

/** How the erasure of your data stands. */
export class ErasureStatusDto {
  /** The last one requested; null when none was. */
  erasure: ErasureDto | null;
  /** What stands in the way now. */
  obstacles: ErasureObstacleDto[];
}

const ERASURE_STATES = ['pending', 'cancelled', 'running', 'done'] as const;

export class ErasureQuery extends PageQuery {
  @MayBeAbsent()
  @IsIn(ERASURE_STATES)
  state?: (typeof ERASURE_STATES)[number];
}

/** An erasure as operators see it. */
export class OperatorErasureDto extends ErasureDto {
  partnerId: string;
  /** @example "Ann Reviews" */
  partnerName: string;
}

export class OperatorErasurePage {
  items: OperatorErasureDto[];
  nextCursor: string | null;
}
