import { randomInt } from 'node:crypto';

/** Without what is taken for something else when it is read aloud or typed: 0 and O, 1, I and L. */
const ALPHABET = '23456789ABCDEFGHJKMNPQRSTUVWXYZ';
const LENGTH = 8;

/** A random promo code after the prefix: eight characters (39 bits), which nobody guesses by trying at a checkout. */
export function randomCode(prefix: string): string {
  return prefix + Array.from({ length: LENGTH }, () => ALPHABET[randomInt(ALPHABET.length)]).join('');
}
