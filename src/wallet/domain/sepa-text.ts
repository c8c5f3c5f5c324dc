import anyAscii from 'any-ascii';

/** What every bank of the scheme takes (EPC217-08): letters, digits, space and / - ? : ( ) . , ' + */
const OUTSIDE = /[^A-Za-z0-9/\-?:().,'+ ]+/g;
/** Stands for what is not known, as banks do it. */
const NOTHING = 'NOTPROVIDED';

/**
 * Text in the characters that SEPA payments may hold (EPC217-08): other letters become Latin ones, what has no likeness
 * a space. Never empty, no slash first, last or twice.
 * @param maxLength characters that the field takes
 */
export function sepaText(text: string, maxLength: number): string {
  const latin = anyAscii(text.normalize('NFC').replaceAll('&', '+').replaceAll('_', '-'));
  const allowed = latin
    .replace(OUTSIDE, ' ')
    .replace(/\/{2,}/g, '/')
    .replace(/ {2,}/g, ' ');
  return trimmed(trimmed(allowed).slice(0, maxLength)) || NOTHING;
}

function trimmed(text: string): string {
  return text.replace(/^[ /]+|[ /]+$/g, '');
}
