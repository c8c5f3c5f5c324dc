import { type Fields, ItemFault, type ParsedBatch, parseEach } from './item-fault.js';
import { fault, findDay, findFlag, findText, getText, getTime, isUuid } from './read-fields.js';

/** A player as a brand's server reports it; null is what it did not say. */
export interface ReportedPlayer {
  readonly userId: string;
  /** Visit id, lowercase. */
  readonly tag: string;
  readonly signedUpAt: Date;
  /** Lowercase. */
  readonly email: string | null;
  /** ISO 3166-1 alpha-2. */
  readonly country: string | null;
  readonly duplicate: boolean | null;
  readonly selfExcluded: boolean | null;
  readonly disabled: boolean | null;
  /** What else is known of the person, by the names of the sync. */
  readonly profile: Readonly<Record<string, string>>;
}

const MAX_USER_ID = 200;
const PROFILE_TEXTS = ['first_name', 'last_name', 'nickname', 'gender', 'language'] as const;
const MAX_PROFILE_TEXT = 200;
const MAX_EMAIL = 320;

/** Reads the items of a `/players` batch. */
export function parsePlayers(raw: readonly unknown[]): ParsedBatch<ReportedPlayer> {
  return parseEach(raw, parsePlayer);
}

function parsePlayer(fields: Fields): ReportedPlayer {
  return {
    userId: getText(fields, 'user_id', MAX_USER_ID),
    tag: tagOf(fields),
    signedUpAt: getTime(fields, 'sign_up_at'),
    email: findText(fields, 'email', MAX_EMAIL)?.trim().toLowerCase() ?? null,
    country: countryOf(fields),
    duplicate: findFlag(fields, 'duplicate'),
    selfExcluded: findFlag(fields, 'self_excluded'),
    disabled: findFlag(fields, 'disabled'),
    profile: profileOf(fields),
  };
}

/** Whatever a tag that is no visit id may be, it is none of ours. */
function tagOf(fields: Fields): string {
  const tag = findText(fields, 'tag', 200);
  if (tag === null) {
    throw fields['bonus_code'] === undefined
      ? fault('tag', 'is required: the visit id that the landing received')
      : new ItemFault(
          'UNKNOWN_PROMO_CODE',
          'bonus_code: there is no such promo code; send the visit id as tag',
        );
  }
  if (!isUuid(tag)) throw new ItemFault('UNKNOWN_TAG', `tag: there is no visit '${tag}'`);
  return tag.toLowerCase();
}

function countryOf(fields: Fields): string | null {
  const country = findText(fields, 'country', 2)?.toUpperCase() ?? null;
  if (country !== null && !/^[A-Z]{2}$/.test(country)) {
    throw fault('country', 'must be a two-letter ISO 3166-1 code such as DE');
  }
  return country;
}

function profileOf(fields: Fields): Record<string, string> {
  const profile: Record<string, string> = {};
  for (const field of PROFILE_TEXTS) {
    const text = findText(fields, field, MAX_PROFILE_TEXT);
    if (text !== null) profile[field] = text;
  }
  const birthday = findDay(fields, 'date_of_birth');
  if (birthday !== null) profile['date_of_birth'] = birthday;
  return profile;
}
