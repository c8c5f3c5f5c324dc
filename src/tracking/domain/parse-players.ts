import { type Fields, type ParsedBatch, parseEach } from './item-fault.js';
import { type Mentioned, mentionOf } from './mention.js';
import { findCountry, findDay, findFlag, findText, getText, getTime } from './read-fields.js';

/** A player as a brand's server reports it; null is what it did not say. */
interface ReportedPerson {
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

/** A player with who brought it. */
export type ReportedPlayer = ReportedPerson & Mentioned;

/** A player who came with a program that is imported. */
export interface ImportedPlayer extends ReportedPerson {
  /** Of the link that brought it. */
  readonly linkCode: string;
  /** Whether its registration and qualification are paid for. */
  readonly settled: boolean;
}

const MAX_LINK_CODE = 200;

const MAX_USER_ID = 200;
const PROFILE_TEXTS = ['first_name', 'last_name', 'nickname', 'gender', 'language'] as const;
const MAX_PROFILE_TEXT = 200;
const MAX_EMAIL = 320;

/** Reads the items of a `/players` batch. */
export function parsePlayers(raw: readonly unknown[]): ParsedBatch<ReportedPlayer> {
  return parseEach(raw, parsePlayer);
}

/** Reads a player of another program, who is mentioned by the code of a link instead. */
export function parseImportedPlayer(fields: Fields): ImportedPlayer {
  const settled = findFlag(fields, 'settled') ?? true;
  return { ...personOf(fields), linkCode: getText(fields, 'link', MAX_LINK_CODE), settled };
}

function parsePlayer(fields: Fields): ReportedPlayer {
  return { ...personOf(fields), ...mentionOf(fields, 'bonus_code') };
}

function personOf(fields: Fields): ReportedPerson {
  return {
    userId: getText(fields, 'user_id', MAX_USER_ID),
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
