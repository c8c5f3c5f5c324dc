/** Spellings of a URL's host that lead to this machine, however a parser or a resolver reads them. */
export const LOOPBACK_HOSTS = [
  '127.0.0.1',
  '127.1',
  '2130706433',
  '0x7f000001',
  '0177.0.0.1',
  '017700000001',
  '127.0.0.1.',
  '①②⑦.⓪.⓪.①',
  '127。0。0。1',
  '%31%32%37.0.0.1',
  '0',
  '0.0.0.0',
  '[::]',
  '[::1]',
  '[::ffff:7f00:1]',
  '[::ffff:127.0.0.1]',
  '[::127.0.0.1]',
  '[64:ff9b::7f00:1]',
  '[2002:7f00:1::]',
  'localhost',
  'LOCALHOST.',
  'a.localhost',
] as const;

/** Hosts that no stranger may have called: this machine, cloud metadata, private and other special ranges. */
export const INSIDE_HOSTS = [
  ...LOOPBACK_HOSTS,
  '169.254.169.254',
  '2852039166',
  '0xA9FEA9FE',
  '0251.0376.0251.0376',
  '169.254.43518',
  '0.1.2.3',
  '10.0.0.1',
  '10.255.255.255',
  '100.64.0.1',
  '100.127.255.255',
  '172.16.0.1',
  '172.31.255.255',
  '192.0.0.192',
  '192.0.2.1',
  '192.88.99.1',
  '192.168.1.1',
  '198.18.0.1',
  '198.51.100.1',
  '203.0.113.1',
  '224.0.0.1',
  '240.0.0.1',
  '255.255.255.255',
  '[::ffff:8.8.8.8]',
  '[64:ff9b:1::7f00:1]',
  '[100::1]',
  '[2001:0:7f00:1::]',
  '[2001:db8::1]',
  '[3fff::1]',
  '[5f00::1]',
  '[fd00:ec2::254]',
  '[fe80::1]',
  '[fec0::1]',
  '[ff02::1]',
  'metadata.google.internal',
  'printer.local',
  'router.home.arpa',
] as const;

/** URLs that hide where they lead, all to the port of this machine; none of them is a postback's URL. */
export const disguisedUrls = (port: number): string[] => [
  `http:127.0.0.1:${port}`,
  `http:\\\\127.0.0.1:${port}\\`,
  `ht\ntp://127.0.0.1:${port}`,
  `http://1.1.1.1@127.0.0.1:${port}`,
  `http://127.0.0.1:${port}\\@example.com`,
  `http://1.1.1.1 &@127.0.0.1:${port}# @3.3.3.3/`,
];

/** URLs that are no http at all, or that parsers disagree about. */
export const FOREIGN_URLS = [
  'http://1.1.1.1 &@2.2.2.2# @3.3.3.3',
  'file:///etc/passwd',
  'gopher://127.0.0.1:70/_x',
  'dict://127.0.0.1:11211/stats',
  'jar:http://127.0.0.1!/',
  'data:text/plain,x',
  'javascript:alert(1)',
] as const;

const PUBLIC = '93.184.216.34';

/** What a resolver may say of a stranger's name although the name must not be called. */
export const INSIDE_ANSWERS: readonly (readonly [what: string, addresses: readonly string[]])[] = [
  ['loopback', ['127.0.0.1']],
  ['loopback of IPv6', ['::1']],
  ['mixed, private first', ['127.0.0.1', PUBLIC]],
  ['mixed, private last', [PUBLIC, '10.0.0.1']],
  ['a public A with ::1 as AAAA', [PUBLIC, '::1']],
  ['mapped', ['::ffff:127.0.0.1']],
  ['translated', ['64:ff9b::7f00:1']],
  ['metadata', ['169.254.169.254']],
  ['metadata of IPv6', ['fd00:ec2::254']],
];
