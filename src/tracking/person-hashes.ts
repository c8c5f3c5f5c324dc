import { mailboxHash, nameHash, sha256Hex } from '../platform/index.js';
import type { ReportedPlayer } from './domain/parse-players.js';

/** Addresses are compared, never shown: the hash of the mailbox is enough. */
export function emailHash({ email }: Pick<ReportedPlayer, 'email'>): string | null {
  return email === null ? null : mailboxHash(email);
}

/** Hash of the player's names; null unless both are known. */
export function playerNameHash({
  first_name: first,
  last_name: last,
}: ReportedPlayer['profile']): string | null {
  return first === undefined || last === undefined ? null : nameHash(`${first} ${last}`);
}

/** Hash of who the player is, by names and day of birth; null unless all are known. */
export function personHash(profile: ReportedPlayer['profile']): string | null {
  const name = playerNameHash(profile);
  const birthday = profile['date_of_birth'];
  return name === null || birthday === undefined ? null : sha256Hex(`${name} ${birthday}`);
}
