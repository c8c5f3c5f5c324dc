/** What is kept of a click's headers. */
export interface ClickHeaders {
  userAgent: string | null;
  referer: string | null;
  /** Several of these headers are one list. */
  forwardedFor: string | undefined;
  /** The header that names the country. */
  country: string | null;
}

const MAX_LENGTH = 1_024;

/**
 * Reads the headers that a click needs. Node's own reading of all of them would cost more than the rest of the click.
 * @param raw names and values in turns, as received; of a repeated header the first one counts
 * @param countryHeader name of the header that names the country, lowercase; null for none
 */
export function readClickHeaders(raw: readonly string[], countryHeader: string | null): ClickHeaders {
  const headers: ClickHeaders = { userAgent: null, referer: null, forwardedFor: undefined, country: null };
  for (let place = 0; place < raw.length; place += 2) {
    const value = raw[place + 1]!;
    // Most names differ in their length already.
    switch (raw[place]!.length) {
      case 'user-agent'.length:
        if (isNamed(raw[place]!, 'user-agent')) headers.userAgent ??= value.slice(0, MAX_LENGTH);
        break;
      case 'referer'.length:
        if (isNamed(raw[place]!, 'referer')) headers.referer ??= value.slice(0, MAX_LENGTH);
        break;
      case 'x-forwarded-for'.length:
        if (!isNamed(raw[place]!, 'x-forwarded-for')) break;
        headers.forwardedFor =
          headers.forwardedFor === undefined ? value : `${headers.forwardedFor},${value}`;
        break;
    }
    if (countryHeader?.length === raw[place]!.length && isNamed(raw[place]!, countryHeader)) {
      headers.country ??= value;
    }
  }
  return headers;
}

function isNamed(name: string, lowercase: string): boolean {
  return name.toLowerCase() === lowercase;
}
