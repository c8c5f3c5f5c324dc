import { ApiProperty } from '@nestjs/swagger';
import { IsIn } from 'class-validator';
import { MayBeAbsent, PageQuery } from '../../platform/index.js';
import { BATCH_KINDS, type BatchRefusals, type BatchRow } from './sync-batches.service.js';
import type { BatchKind } from './sync-batches.service.js';

/** Filters of the list of batches. */
export class SyncBatchesQuery extends PageQuery {
  @ApiProperty({
    enum: BATCH_KINDS,
    enumName: 'SyncBatchKind',
    required: false,
    description: 'Only this kind.',
  })
  @MayBeAbsent()
  @IsIn(BATCH_KINDS)
  kind?: BatchKind;

  /** `true` for those only of which something was refused. */
  @ApiProperty({ enum: ['true', 'false'], required: false })
  @MayBeAbsent()
  @IsIn(['true', 'false'])
  refused?: 'true' | 'false';
}

/** A batch that a brand's server sent, with what became of its items. */
export class SyncBatchDto {
  /** @example "01900000-0000-7000-8000-000000000701" */
  id: string;
  @ApiProperty({ enum: BATCH_KINDS, enumName: 'SyncBatchKind' })
  kind: BatchKind;
  receivedAt: Date;
  /** @example 998 */
  accepted: number;
  duplicate: number;
  corrected: number;
  /** @example 2 */
  rejected: number;
}

export class SyncBatchPage {
  items: SyncBatchDto[];
  nextCursor: string | null;
}

/** An item of a batch that was refused. */
export class SyncRefusalDto {
  /** Place in the batch, from 0. */
  index: number;
  /** Line of the file, from 1, when the batch was cut from one; otherwise null. */
  line: number | null;
  /** @example "UNKNOWN_TAG" */
  code: string;
  /**
   * What is wrong, naming the field.
   * @example "tag: there is no visit '019a4c3e-7b1a-7c3d-8e4f-5a6b7c8d9e0f'"
   */
  message: string;
}

/** A batch with one page of what was refused of it, in the order of the batch. */
export class SyncBatchDetailDto extends SyncBatchDto {
  refusals: SyncRefusalDto[];
  /** Of the next page of refusals. */
  nextCursor: string | null;
}

/** The batch as the API answers it. */
export function toSyncBatch(row: BatchRow): SyncBatchDto {
  const { id, kind, receivedAt, accepted, duplicate, corrected, rejected } = row;
  return { id, kind, receivedAt, accepted, duplicate, corrected, rejected };
}

/** The batch with its refusals as the API answers it. */
export function toSyncBatchDetail({ batch, page }: BatchRefusals): SyncBatchDetailDto {
  return { ...toSyncBatch(batch), refusals: page.items, nextCursor: page.nextCursor };
}
