import { ApiProperty } from '@nestjs/swagger';
import { ApiActivityFigures } from './activity-fields.js';

/** Of a batch. */
export const MOST_ITEMS = 5_000;

/** A player as the brand knows it. */
export class SyncPlayerDto {
  /**
   * Visit id that the landing received. Where there was no visit, `bonus_code` tells who brought the player; then the
   * answer carries a tag. A player who is known needs neither, and stays whose it is, whatever they say.
   * @example "019a4c3e-7b1a-7c3d-8e4f-5a6b7c8d9e0f"
   */
  tag?: string;

  /**
   * The brand's id of the player, at most 200 characters.
   * @example "p-1"
   */
  user_id: string;

  /** @example "ana@example.com" */
  email?: string;

  /**
   * ISO 3166-1 alpha-2.
   * @example "DE"
   */
  country?: string;

  /** @example "2026-10-01T10:00:00Z" */
  sign_up_at: string;

  /** @example "1990-12-31" */
  date_of_birth?: string;
  first_name?: string;
  last_name?: string;
  nickname?: string;
  gender?: string;
  language?: string;
  /** The player is another one's second account. */
  duplicate?: boolean;
  self_excluded?: boolean;
  disabled?: boolean;
  /**
   * Promo code that the player gave, in any case; a visit came before it and wins.
   * @example "FOX10"
   */
  bonus_code?: string;
}

/** A batch of players. */
export class SyncPlayersDto {
  @ApiProperty({ maxItems: MOST_ITEMS })
  players: SyncPlayerDto[];
}

/** One deposit of a player. */
export class SyncDepositDto {
  /**
   * Unique at the brand.
   * @example "d-1"
   */
  deposit_id: string;

  /**
   * Minor units, as a text of digits or a number.
   * @example "5000"
   */
  amount_cents: string;

  /** @example "2026-10-10T10:12:00Z" */
  processed_at: string;
}

/**
 * What one player did in the batch's interval. Figures are texts of digits or numbers; those that are left out are zero.
 * Bonuses, fees, taxes, deductions and corrections may be negative where they are taken back.
 */
@ApiActivityFigures()
export class SyncActivityItemDto {
  tag?: string;

  /** @example "p-1" */
  user_id: string;

  /**
   * The brand's currency.
   * @example "EUR"
   */
  currency: string;

  /** Deposits one by one; sums that are left out follow from them. Empty beside a sum or count it is no list. */
  deposits?: SyncDepositDto[];

  /**
   * Without a list it stands for one deposit at the beginning of the interval, until a list replaces it.
   * @example "5000"
   */
  deposits_sum_cents?: string;

  /**
   * Left out, it is the length of the list, or 1 where there is only a sum. Zero is refused beside a sum without a list.
   * @example 1
   */
  deposits_count?: number;
}

/** A batch of activity of one interval. */
export class SyncActivityDto {
  /**
   * Beginning of the interval, inclusive.
   * @example "2026-10-10T10:00:00Z"
   */
  from: string;

  /**
   * End of the interval, exclusive.
   * @example "2026-10-10T11:00:00Z"
   */
  to: string;

  @ApiProperty({ maxItems: MOST_ITEMS })
  items: SyncActivityItemDto[];
}

/** What one player did in an interval, as a line of NDJSON. */
export class SyncActivityLineDto extends SyncActivityItemDto {
  /**
   * Beginning of the interval, inclusive.
   * @example "2026-10-10T10:00:00Z"
   */
  from: string;

  /**
   * End of the interval, exclusive.
   * @example "2026-10-10T11:00:00Z"
   */
  to: string;
}

/** An order that a visit or a promo code led to. */
export class SyncOrderDto {
  /**
   * The brand's id of the order, at most 200 characters.
   * @example "o-1"
   */
  order_id: string;

  /**
   * Promo code that the buyer gave, in any case. The tag or the code is required of an order that is new; a visit came
   * before the code and wins.
   * @example "FOX10"
   */
  promo_code?: string;

  /**
   * Visit id that the landing received, or the tag that a player was answered with.
   * @example "019a4c3e-7b1a-7c3d-8e4f-5a6b7c8d9e0f"
   */
  tag?: string;

  /**
   * Decimal, in major units.
   * @example "80.00"
   */
  amount: string;

  /**
   * The brand's currency.
   * @example "EUR"
   */
  currency: string;

  /** @example "2026-10-10T10:12:00Z" */
  ordered_at: string;

  /**
   * A decision is final: the opposite one is refused, and `pending` after it changes nothing. Pending when absent.
   * @example "pending"
   */
  status?: 'pending' | 'approved' | 'declined';

  /**
   * ISO 3166-1 alpha-2; the visit's when absent.
   * @example "DE"
   */
  country?: string;
}

/** A batch of orders. */
export class SyncOrdersDto {
  @ApiProperty({ maxItems: MOST_ITEMS })
  orders: SyncOrderDto[];
}

/** What became of an item that was not plainly accepted. */
export class SyncItemReportDto {
  /** Place in the batch, from 0. */
  index: number;

  /** @example "rejected" */
  status: 'accepted' | 'duplicate' | 'corrected' | 'rejected';

  /**
   * Of players without a tag, whom a promo code spoke for, or who are known: name them by it.
   * @example "019a4c3e-7b1a-7c3d-8e4f-5a6b7c8d9e0f"
   */
  tag?: string;

  /**
   * Of rejected items.
   * @example "UNKNOWN_TAG"
   */
  code?: string;

  /** Of rejected items: what is wrong, naming the field. */
  message?: string;
}

/** What became of a batch. */
export class SyncReportDto {
  accepted: number;
  duplicate: number;
  corrected: number;
  rejected: number;
  items: SyncItemReportDto[];
}

/** A line of the answer to NDJSON: an item that was not plainly accepted, or sums of what was recorded so far. */
export class SyncAnswerLineDto {
  /** Of items: the line of the body, from 1. */
  line?: number;

  /** Of items. */
  status?: 'accepted' | 'duplicate' | 'corrected' | 'rejected';

  /** Of items, as in the answer to a batch. */
  tag?: string;

  /**
   * Of sums: `working` after each batch that is cut from the body; the last line of the answer is `finished`, or
   * `failed` when the rest could not be recorded.
   */
  state?: 'working' | 'finished' | 'failed';

  /** Of sums. */
  accepted?: number;
  duplicate?: number;
  corrected?: number;
  rejected?: number;

  /** Of rejected items, and of what failed. */
  code?: string;
  message?: string;
}
