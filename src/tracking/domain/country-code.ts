import { isCountry } from '../../platform/http/country.js';

/**
 * A country as it is kept with a visit.
 * @param text what a database or a proxy says, of any form
 * @returns null when that is no country, such as `T1` for the Tor network, `XX` or `EU`
 */
export function countryCode(text: unknown): string | null {
  const code = typeof text === 'string' ? text.toUpperCase() : null;
  return isCountry(code) ? code : null;
}
