import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { deepLink, hostPatternFault, normalHostPattern } from './deep-link.js';

const HOSTS = ['fox.example', '*.shop.example', 'xn--fx-fka.example'];

describe('B08 deep links', () => {
  it.each([
    ['https://fox.example', 'https://fox.example/'],
    ['http://fox.example/a?b=1&c=%20d#e', 'http://fox.example/a?b=1&c=%20d#e'],
    ['HTTPS://FOX.EXAMPLE:443/A', 'https://fox.example/A'],
    ['https://föx.example/ä', 'https://xn--fx-fka.example/%C3%A4'],
    ['https://ｆｏｘ.example/', 'https://fox.example/'],
    ['https://de.shop.example/x', 'https://de.shop.example/x'],
    ['https://a.b.shop.example/', 'https://a.b.shop.example/'],
  ])('lead to an allowed host: %s', (text, address) => {
    expect(deepLink(text, HOSTS)).toBe(address);
  });

  it.each([
    '',
    'fox.example',
    '/path',
    '//evil.example',
    '///fox.example',
    '//fox.example',
    'https:evil.example',
    'https:fox.example',
    'https:/fox.example',
    'https:///fox.example',
    'https:\\\\fox.example',
    'https://evil.example',
    'https://evil.example/https://fox.example',
    'https://evil.example?fox.example',
    'https://evil.example#fox.example',
    'https://fox.example@evil.example',
    'https://fox.example:pass@evil.example',
    'https://user@fox.example',
    'https://fox.example\\@evil.example',
    'https://evil.example\\fox.example',
    'https://evil.example%2f@fox.example',
    'https://fox.example%00.evil.example',
    'https://fox.example.evil.example',
    'https://evilfox.example',
    'https://fox.example.',
    'https://fox.example:8443',
    'https://fox.example:80',
    'http://fox.example:443',
    'https://shop.example',
    'https://.shop.example',
    'https://evilshop.example',
    'https://shop.example.evil.example',
    'https://fоx.example', // a Cyrillic о
    'https://fox。evil.example',
    'https://fox.example\u202e',
    'ht\ntps://fox.example',
    ' https://fox.example',
    'https://fox.example/\r\nSet-Cookie: a=b',
    'https://fox.example/\0',
    'javascript://fox.example/%0aalert(1)',
    'data://fox.example/text',
    'ftp://fox.example/',
    'file://fox.example/etc/passwd',
    'blob:https://fox.example/',
    'view-source:https://fox.example/',
    'https://[::1]/',
    'https://127.0.0.1/',
    `https://fox.example/${'a'.repeat(2_000)}`,
  ])('lead nowhere else: %j', (text) => {
    expect(deepLink(text, HOSTS)).toBeNull();
  });

  it('give only addresses that a browser takes to an allowed host, whatever they are made of', () => {
    const pieces = fc.constantFrom(
      'https:', 'http:', '/', '//', '\\', '@', ':', '?', '#', '.', '%2f', '%40', '%00', '\t', '。', 'fox.example',
      'shop.example', 'evil.example', '443', '8443', '[::1]', 'a', '*',
    ); // prettier-ignore
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 12 }), (parts) => {
        const address = deepLink(`https://${parts.join('')}`, HOSTS);
        if (address === null) return;
        const { protocol, hostname, host, username, password } = new URL(address);
        expect(['http:', 'https:']).toContain(protocol);
        expect(hostname === 'fox.example' || hostname.endsWith('.shop.example')).toBe(true);
        expect([host, username, password]).toEqual([hostname, '', '']);
      }),
      { numRuns: 2_000 },
    );
  });

  it('lead nowhere while no host is allowed', () => {
    expect(deepLink('https://fox.example', [])).toBeNull();
  });
});

describe('B08 allowed hosts', () => {
  it.each([
    ['Fox.Example', 'fox.example'],
    ['*.Shop.example', '*.shop.example'],
    ['föx.example', 'xn--fx-fka.example'],
    ['*.föx.example', '*.xn--fx-fka.example'],
    ['localhost', 'localhost'],
    ['127.0.0.1', '127.0.0.1'],
  ])('%s is kept as %s', (pattern, normal) => {
    expect(hostPatternFault(pattern)).toBeNull();
    expect(normalHostPattern(pattern)).toBe(normal);
  });

  it.each([
    '', '*', '*.', '*.com', '*.127.0.0.1', '**.fox.example', 'a.*.fox.example', '*fox.example', 'https://fox.example',
    'fox.example:8443', 'fox.example/a', 'user@fox.example', '//fox.example', 'fox.example?', 'fox example', '.fox.example',
    'fox.example.', 'fox..example', '[::1]', 'fox%2eexample', 'a'.repeat(254),
  ])('%j is refused', (pattern) => {
    expect(hostPatternFault(pattern)).toBeTypeOf('string');
  }); // prettier-ignore
});
