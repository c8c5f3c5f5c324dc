/** Codes that say that the country is not known (Cloudflare's `XX`, `ZZ` of Unicode's CLDR). */
const UNKNOWN = new Set(['XX', 'ZZ']);

/**
 * A country as it is kept with a visit: ISO 3166-1 alpha-2 in capitals.
 * @param text what a database or a proxy says, of any form
 * @returns null when that is no country, such as `T1` for the Tor network
 */
export function countryCode(text: unknown): string | null {
  if (typeof text !== 'string' || !/^[A-Za-z]{2}$/.test(text)) return null;
  const code = text.toUpperCase();
  return UNKNOWN.has(code) ? null : code;
}
