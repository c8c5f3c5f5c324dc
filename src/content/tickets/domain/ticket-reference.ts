/** Crockford's letters and digits: none that look alike. */
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const LENGTH = 10;
const BITS = 5n;

/** Bytes that {@link referenceOf} makes a reference of. */
export const REFERENCE_BYTES = 7;

/** As it stands in subjects and addresses of mails, in any case of letters. */
const IN_TEXT = /\bTKT-([0-9A-HJKMNP-TV-Z]{10})\b/i;

/**
 * The reference by which mails name a ticket, such as `TKT-7F3K9Q2M4A`. It cannot be guessed: whoever forges a sender's
 * address must know it as well.
 * @param random {@link REFERENCE_BYTES} random bytes
 */
export function referenceOf(random: Uint8Array): string {
  let bits = random.reduce((sum, byte) => (sum << 8n) | BigInt(byte), 0n);
  let reference = '';
  for (let place = 0; place < LENGTH; place += 1) {
    reference += ALPHABET[Number(bits & 31n)]!;
    bits >>= BITS;
  }
  return `TKT-${reference}`;
}

/** The first reference in the texts, a mail's recipient and subject for example; null when there is none. */
export function referenceIn(texts: readonly string[]): string | null {
  for (const text of texts) {
    const found = IN_TEXT.exec(text);
    if (found) return `TKT-${found[1]!.toUpperCase()}`;
  }
  return null;
}
