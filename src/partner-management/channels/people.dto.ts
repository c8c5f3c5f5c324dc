import { ArrayMaxSize, ArrayMinSize, IsArray } from 'class-validator';

/** Items that one request takes. */
export const MOST_ITEMS = 5_000;

/** A person in an import. Each item is checked by itself: a wrong one is refused and spoils no other. */
export class PersonItemDto {
  /**
   * Your id of the person.
   * @example "u-1001"
   */
  externalId: string;
  /** @example "ann@example.com" */
  email: string;
  /**
   * How mails address the person.
   * @example "Ann"
   */
  name?: string | null;
  /**
   * ISO 3166-1 alpha-2.
   * @example "DE"
   */
  country?: string | null;
  /**
   * BCP 47 tag.
   * @example "de"
   */
  language?: string | null;
}

export class ImportPeopleDto {
  /** At most 5000; sent again they change nothing. What an item leaves out is taken to be unknown. */
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(MOST_ITEMS)
  items: PersonItemDto[];
}

/** An item of an import that was refused. */
export class RefusedPersonDto {
  /**
   * Its place in the request, from 0.
   * @example 17
   */
  index: number;
  /**
   * `INVALID_ITEM`, `TWICE_IN_BATCH`, `EMAIL_TAKEN` (the address is that of another externalId) or `UNSUBSCRIBED`.
   * @example "UNSUBSCRIBED"
   */
  code: string;
  message: string;
}

export class ImportedPeopleDto {
  /** @example 120 */
  added: number;
  /** @example 3 */
  updated: number;
  /** @example 877 */
  unchanged: number;
  /** @example 0 */
  rejected: number;
  /** Those that were refused. */
  items: RefusedPersonDto[];
}
