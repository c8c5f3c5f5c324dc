import ipaddr from 'ipaddr.js';

/** First and last address of a range, as {@link sortable} writes them. */
interface Range {
  first: string;
  last: string;
}

/** IPv4 addresses lie in IPv6's space where RFC 4291, section 2.5.5.2 puts them. */
const IPV4_IN_IPV6 = '00000000000000000000ffff';

/** A set of IP addresses, of both families, that is asked by binary search. */
export class AddressRanges {
  private readonly firsts: string[];
  private readonly lasts: string[];

  private constructor(ranges: readonly Range[]) {
    this.firsts = ranges.map(({ first }) => first);
    this.lasts = ranges.map(({ last }) => last);
  }

  /**
   * Reads a list: one address or CIDR range a line; empty lines and what follows a `#` are left out.
   * @throws Error that names the first line that is neither
   */
  static parse(text: string): AddressRanges {
    const ranges = text.split(/\r?\n/).flatMap((line, index) => {
      const entry = line.replace(/#.*/, '').trim();
      if (entry === '') return [];
      const range = rangeOf(entry);
      if (!range) throw new Error(`line ${index + 1}: ${JSON.stringify(entry)} is no address or CIDR range`);
      return [range];
    });
    return new AddressRanges(merged(ranges));
  }

  /** How many ranges remain where those that overlap were put together. */
  get size(): number {
    return this.firsts.length;
  }

  /** Whether the address is in one of the ranges; false for what is no address. */
  has(address: string): boolean {
    const wanted = sortableAddress(address);
    if (wanted === null) return false;
    let low = 0;
    let high = this.firsts.length;
    // The first range that begins after the address; only the one before it can hold it.
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.firsts[middle]! <= wanted) low = middle + 1;
      else high = middle;
    }
    return low > 0 && wanted <= this.lasts[low - 1]!;
  }
}

/** Most addresses are plain IPv4, which is read here many times faster than any form of both families is. */
function sortableAddress(address: string): string | null {
  const match = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(address);
  if (match) {
    const number = match.slice(1).reduce((sum, part) => sum * 256 + Number(part), 0);
    return IPV4_IN_IPV6 + number.toString(16).padStart(8, '0');
  }
  return ipaddr.isValid(address) ? sortable(ipaddr.process(address).toByteArray()) : null;
}

function rangeOf(entry: string): Range | null {
  const [address, bits, ...rest] = entry.split('/');
  if (rest.length > 0 || !ipaddr.isValid(address!)) return null;
  const bytes = ipaddr.parse(address!).toByteArray();
  const prefix = bits === undefined ? bytes.length * 8 : Number(bits);
  if (!/^\d*$/.test(bits ?? '') || bits === '' || prefix > bytes.length * 8) return null;
  return { first: sortable(masked(bytes, prefix, 0)), last: sortable(masked(bytes, prefix, 0xff)) };
}

/** The bytes with every bit behind the prefix set as in `filler`. */
function masked(bytes: readonly number[], prefix: number, filler: number): number[] {
  return bytes.map((byte, index) => {
    const kept = Math.min(Math.max(prefix - index * 8, 0), 8);
    const mask = (0xff << (8 - kept)) & 0xff;
    return (byte & mask) | (filler & ~mask & 0xff);
  });
}

/** An address as 32 hexadecimal digits, which sort as addresses do. */
function sortable(bytes: readonly number[]): string {
  const digits = Buffer.from(bytes).toString('hex');
  return bytes.length === 4 ? IPV4_IN_IPV6 + digits : digits;
}

function merged(ranges: readonly Range[]): Range[] {
  const result: Range[] = [];
  for (const range of [...ranges].sort((a, b) => (a.first < b.first ? -1 : 1))) {
    const before = result.at(-1);
    if (before && range.first <= before.last) {
      if (range.last > before.last) before.last = range.last;
    } else {
      result.push({ ...range });
    }
  }
  return result;
}
