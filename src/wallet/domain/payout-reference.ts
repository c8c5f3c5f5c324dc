const LENGTH = 25;
const FORM = /^[0-9A-Z]{25}$/;
const BASE = 36n;
const LARGEST = (1n << 128n) - 1n;

/**
 * The name of a batch or a line at banks and providers: its id in 25 digits and capital letters. Banks take 35
 * characters, PayPal's files 30, and some of them no small letters.
 */
export function payoutReference(id: string): string {
  return BigInt(`0x${id.replaceAll('-', '')}`)
    .toString(Number(BASE))
    .toUpperCase()
    .padStart(LENGTH, '0');
}

/** The id that a reference stands for; null when it is none. */
export function idOfPayoutReference(reference: string): string | null {
  if (!FORM.test(reference)) return null;
  const value = [...reference].reduce((sum, digit) => sum * BASE + BigInt(parseInt(digit, 36)), 0n);
  if (value > LARGEST) return null;
  const hex = value.toString(16).padStart(32, '0');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}
