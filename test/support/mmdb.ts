import ipaddr from 'ipaddr.js';

/** A node of the search tree: what follows on a bit of 0 and of 1; a text is a leaf's country. */
type Branch = Node | string | null;
type Node = [Branch, Branch];

const RECORD_BITS = 24;

/**
 * A MaxMind database of countries (format 2.0, https://maxmind.github.io/MaxMind-DB/), small enough for tests.
 * @param networks country by CIDR range; ranges of both families, none within another
 */
export function countryDatabase(networks: Readonly<Record<string, string>>): Buffer {
  const root: Node = [null, null];
  for (const [network, country] of Object.entries(networks)) insert(root, bitsOf(network), country);
  const nodes: Node[] = [];
  collect(root, nodes);
  const data: Buffer[] = [];
  const tree = Buffer.concat(nodes.map((node) => record(node, nodes, data)));
  return Buffer.concat([tree, Buffer.alloc(16), ...data, METADATA_MARKER, metadata(nodes.length)]);
}

const METADATA_MARKER = Buffer.from('\xab\xcd\xefMaxMind.com', 'latin1');

/** IPv4 networks lie in the first 32 bits' worth of IPv6's space. */
function bitsOf(network: string): string {
  const [address, prefix] = ipaddr.parseCIDR(network);
  const bits = address.toByteArray().map((byte) => byte.toString(2).padStart(8, '0')).join(''); // prettier-ignore
  return (address.kind() === 'ipv4' ? '0'.repeat(96) : '') + bits.slice(0, prefix);
}

function insert(node: Node, bits: string, country: string): void {
  const side = Number(bits[0]) as 0 | 1;
  if (bits.length === 1) {
    node[side] = country;
    return;
  }
  const next = (node[side] ??= [null, null]);
  if (typeof next === 'string') throw new Error('One network lies within another');
  insert(next, bits.slice(1), country);
}

function collect(node: Node, nodes: Node[]): void {
  nodes.push(node);
  for (const side of node) if (side && typeof side !== 'string') collect(side, nodes);
}

/** Both sides of a node: a node's number, the number of nodes for nothing, or beyond that a place in the data. */
function record(node: Node, nodes: readonly Node[], data: Buffer[]): Buffer {
  const written = Buffer.alloc((RECORD_BITS / 8) * 2);
  node.forEach((side, index) => {
    let value = nodes.length;
    if (typeof side === 'string') {
      value += 16 + data.reduce((sum, { length }) => sum + length, 0);
      data.push(map({ country: map({ iso_code: text(side) }) }));
    } else if (side) {
      value = nodes.indexOf(side);
    }
    written.writeUIntBE(value, index * 3, 3);
  });
  return written;
}

function metadata(nodeCount: number): Buffer {
  return map({
    node_count: integer(6, nodeCount),
    record_size: integer(5, RECORD_BITS),
    ip_version: integer(5, 6),
    database_type: text('GeoLite2-Country'),
    languages: Buffer.from([0, 4]),
    binary_format_major_version: integer(5, 2),
    binary_format_minor_version: integer(5, 0),
    build_epoch: integer(6, 1_790_000_000),
    description: map({}),
  });
}

/** The type stands in the first three bits, the size in the other five. */
function map(fields: Readonly<Record<string, Buffer>>): Buffer {
  const entries = Object.entries(fields);
  return Buffer.concat([
    Buffer.from([(7 << 5) | entries.length]),
    ...entries.flatMap(([name, value]) => [text(name), value]),
  ]);
}

function text(value: string): Buffer {
  return Buffer.concat([Buffer.from([(2 << 5) | value.length]), Buffer.from(value)]);
}

function integer(type: 5 | 6, value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  const size = type === 5 ? 2 : 4;
  return Buffer.concat([Buffer.from([(type << 5) | size]), bytes.subarray(4 - size)]);
}
