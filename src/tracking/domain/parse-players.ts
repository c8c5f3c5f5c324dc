import { type Fields, type ParsedBatch, parseEach } from './item-fault.js';
import { type Mentioned, mentionOf } from './mention.js';
import { findCountry, findDay, findFlag, findText, getText, getTime } from './read-fields.js';

/** A player as a brand's server reports it; null is what it did not say. */
export interface ReportedPlayer extends Mentioned {
  readonly userId: string;
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
    ...mentionOf(fields, 'bonus_code'),
    signedUpAt: getTime(fields, 'sign_up_at'),
    email: findText(fields, 'email', MAX_EMAIL)?.trim().toLowerCase() ?? null,
    country: findCountry(fields),
    duplicate: findFlag(fields, 'duplicate'),
    selfExcluded: findFlag(fields, 'self_excluded'),
    disabled: findFlag(fields, 'disabled'),
    profile: profileOf(fields),
  };
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
