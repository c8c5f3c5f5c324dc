import { ApiProperty } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayMinSize,
  IsArray,
  IsBoolean,
  IsIn,
  IsObject,
  ValidateIf,
  ValidateNested,
} from 'class-validator';
import { IsId, IsLabel, IsText, MayBeAbsent, OnlyWith } from '../../platform/index.js';
import { IsGroup } from '../is-group.js';
import { PartnerFilter } from '../partners.dto.js';

/** Groups that one partner is in at most. */
export const MAX_GROUPS = 30;

/** Partners that one call changes at most. */
export const MAX_AT_ONCE = 500;

export const BULK_ACTIONS = [
  'suspend',
  'reactivate',
  'set_manager',
  'set_package',
  'add_group',
  'remove_group',
] as const;
export type BulkAction = (typeof BULK_ACTIONS)[number];

export class ChangePartnerDto {
  /**
   * What your billing system calls the partner; null for nothing.
   * @example "INV-2041"
   */
  @MayBeAbsent()
  @ValidateIf((_, value) => value !== null)
  @IsLabel(100)
  invoiceId?: string | null;

  /**
   * All groups that the partner is in.
   * @example ["vip"]
   */
  @MayBeAbsent()
  @IsArray()
  @ArrayMaxSize(MAX_GROUPS)
  @IsGroup({ each: true })
  groups?: string[];
}

export class AddNoteDto {
  /** @example "Wants to talk about October again in January." */
  @IsText(5_000)
  text: string;
}

/** What an operator noted about a partner. */
export class PartnerNoteDto {
  id: string;
  text: string;
  writtenAt: Date;
  writtenBy: string;
  writtenByName: string;
}

export class PartnerNotePage {
  items: PartnerNoteDto[];
  nextCursor: string | null;
}

/** Partners that belong together for the operators. */
export class PartnerGroupDto {
  /** @example "vip" */
  name: string;
  partnersCount: number;
}

export class PartnerGroupList {
  items: PartnerGroupDto[];
  nextCursor: string | null;
}

/** Which partners, by `ids` or by `filter`, and what is done with each. */
export class BulkPartnersDto {
  /** The partners; else `filter` says which. */
  @ValidateIf(({ ids, filter }: BulkPartnersDto) => ids !== undefined || filter === undefined)
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(MAX_AT_ONCE)
  @IsId({ each: true })
  ids?: string[];

  /** The partners, as in the list; does not go with `ids`. */
  @MayBeAbsent()
  @IsObject()
  @ValidateNested()
  @Type(() => PartnerFilter)
  filter?: PartnerFilter;

  @IsIn(BULK_ACTIONS)
  action: BulkAction;

  /** Of `suspend`: what the partners are told. */
  @OnlyWith('action', 'suspend')
  @IsText(2_000)
  reason?: string;

  /** Of `set_manager`; null for nobody. */
  @OnlyWith('action', 'set_manager')
  @ValidateIf((_, value) => value !== null)
  @IsId()
  managerId?: string | null;

  /** Of `set_package`. */
  @OnlyWith('action', 'set_package')
  @IsId()
  packageId?: string;

  /** Of `add_group` and `remove_group`. */
  @OnlyWith('action', 'add_group', 'remove_group')
  @IsGroup()
  group?: string;

  /** Tells what would be done and refused, and does nothing. */
  @IsBoolean()
  dryRun: boolean;
}

/** A partner with whom it was not done. */
export class BulkRefusalDto {
  partnerId: string;
  /** Null for one that there is not. */
  partnerName: string | null;
  /** @example "PARTNER_STATE_CONFLICT" */
  code: string;
  message: string;
}

export class BulkResultDto {
  @ApiProperty({ enum: BULK_ACTIONS })
  action: BulkAction;
  /** Whether nothing was done. */
  dryRun: boolean;
  /** How many partners were meant. */
  matched: number;
  /** With how many it was done, or would be. */
  done: number;
  refused: BulkRefusalDto[];
}
