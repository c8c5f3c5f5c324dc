import { ApiProperty } from '@nestjs/swagger';
import { PageQuery } from '../../platform/index.js';
import { MOVEMENT_KINDS, type MovementKind } from './domain/impressions.js';

/** A partner's impressions: `credited` is the sum of the other three. */
export class ImpressionAccountDto {
  /**
   * Bought in all.
   * @example 100000
   */
  credited: number;
  /**
   * Not in any ad campaign.
   * @example 60000
   */
  available: number;
  /**
   * Held by ad campaigns that were launched.
   * @example 30000
   */
  reserved: number;
  /**
   * Shown to people.
   * @example 10000
   */
  served: number;
}

export class ImpressionMovementQuery extends PageQuery {}

/** Why the numbers of the account changed. */
export class ImpressionMovementDto {
  id: string;
  @ApiProperty({
    enum: MOVEMENT_KINDS,
    description:
      '`credit`: an advertising package was approved; `reserve`: an ad campaign was launched; `serve`: its ads were ' +
      'shown; `release`: it ended, and what it had not used is available again',
  })
  kind: MovementKind;
  /** @example 30000 */
  amount: number;
  /** The request's order that was credited; null for the others. */
  orderId: string | null;
  /** The ad campaign; null for a credit. */
  campaignId: string | null;
  occurredAt: Date;
}

export class ImpressionMovementPage {
  items: ImpressionMovementDto[];
  nextCursor: string | null;
}
