import validator from 'validator';
import { sha256Hex } from '../crypto/tokens.js';

/**
 * Hash of the mailbox that an address delivers to: what its provider ignores (case; of some, dots and what follows a
 * plus) makes no difference. Hashes are compared in the place of the addresses.
 */
export function mailboxHash(email: string): string {
  const trimmed = email.trim();
  return sha256Hex(validator.normalizeEmail(trimmed) || trimmed.toLowerCase());
}

/**
 * Hash of a person's name, whatever its case, accents, punctuation and the order of its parts; null when it has fewer
 * than two parts, which say too little.
 */
export function nameHash(name: string): string | null {
  const parts = name
    .normalize('NFKD')
    .replaceAll(/\p{M}/gu, '')
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter((part) => part !== '');
  return parts.length < 2 ? null : sha256Hex(parts.toSorted().join(' '));
}
