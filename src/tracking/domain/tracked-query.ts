const MAX_PARAMETERS = 64;
const MAX_BYTES = 8 * 1024;

/** Parameters of a tracking link by name; it has no prototype, so that any name is only a name. */
export type TrackedQuery = Record<string, string>;

/**
 * The parameters of a tracking link's query as they are kept with the visit (rules §2.1): percent-decoded, the first
 * of a name wins, at most 64 of them and 8 KiB of names and values; what does not fit is left out. A malformed `%`
 * leaves that name or value as it came. NUL, which the database cannot hold, becomes U+FFFD.
 * @param raw what stands after the `?`, as received
 */
export function parseTrackedQuery(raw: string): TrackedQuery {
  const query = Object.create(null) as TrackedQuery;
  let count = 0;
  let bytes = 0;
  for (let start = 0; start < raw.length && count < MAX_PARAMETERS;) {
    let end = raw.indexOf('&', start);
    if (end === -1) end = raw.length;
    const length = end - start;
    // Three characters stand for a byte at most: what is longer cannot fit, and is not worth decoding.
    if (length > 0 && length <= MAX_BYTES * 3) {
      const equals = raw.indexOf('=', start);
      const hasValue = equals !== -1 && equals < end;
      const name = decode(raw.slice(start, hasValue ? equals : end));
      const value = hasValue ? decode(raw.slice(equals + 1, end)) : '';
      const size = Buffer.byteLength(name) + Buffer.byteLength(value);
      if (name !== '' && !(name in query) && bytes + size <= MAX_BYTES) {
        query[name] = value;
        bytes += size;
        count += 1;
      }
    }
    start = end + 1;
  }
  return query;
}

function decode(text: string): string {
  const decoded = percentDecode(text);
  return decoded.includes('\0') ? decoded.replaceAll('\0', '\u{fffd}') : decoded;
}

function percentDecode(text: string): string {
  const spaced = text.includes('+') ? text.replaceAll('+', ' ') : text;
  if (!spaced.includes('%')) return spaced;
  try {
    return decodeURIComponent(spaced);
  } catch {
    return text;
  }
}
