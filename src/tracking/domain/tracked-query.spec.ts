import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseTrackedQuery } from './tracked-query.js';

describe('parseTrackedQuery', () => {
  it.each<[string, Record<string, string>]>([
    ['', {}],
    ['a=1&b=2', { a: '1', b: '2' }],
    ['a=1&a=2', { a: '1' }],
    ['a', { a: '' }],
    ['=1&&', {}],
    ['a=b=c', { a: 'b=c' }],
    ['a+b=c+d', { 'a b': 'c d' }],
    ['a=%', { a: '%' }],
    ['a=1+2%', { a: '1+2%' }],
    ['a=%00', { a: '\u{fffd}' }],
    ['a[]=1&a[b]=2', { 'a[]': '1', 'a[b]': '2' }],
  ])('reads %j', (raw, expected) => {
    expect({ ...parseTrackedQuery(raw) }).toEqual(expected);
  });

  it('takes names of the prototype for names', () => {
    const query = parseTrackedQuery('__proto__=1&constructor=2&hasOwnProperty=3');
    expect(JSON.stringify(query)).toBe('{"__proto__":"1","constructor":"2","hasOwnProperty":"3"}');
    expect({}).not.toHaveProperty('1');
  });

  it('leaves out what does not fit 8 KiB and goes on', () => {
    const query = parseTrackedQuery(`a=${'x'.repeat(8_000)}&b=${'y'.repeat(500)}&c=${'é'.repeat(80)}`);
    expect(Object.keys(query)).toEqual(['a', 'c']);
  });

  it('never fails, keeps at most 64 parameters and 8 KiB, and gives what JSON and the database can hold', () => {
    const part = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom('%', '%00', '%zz', '&', '=', '+', '%ff'),
    );
    fc.assert(
      fc.property(fc.array(part, { maxLength: 300 }), (parts) => {
        const query = parseTrackedQuery(parts.join(''));
        const texts = Object.entries(query).flat();
        expect(texts.length).toBeLessThanOrEqual(128);
        expect(texts.reduce((sum, text) => sum + Buffer.byteLength(text), 0)).toBeLessThanOrEqual(8_192);
        expect(JSON.stringify(query)).not.toContain('\\u0000');
      }),
    );
  });

  it('gives back what was encoded', () => {
    const word = fc
      .string({ unit: 'grapheme', minLength: 1, maxLength: 20 })
      .filter((text) => !text.includes('\0'));
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.tuple(word, word), { maxLength: 20, selector: ([name]) => name }),
        (pairs) => {
          const raw = pairs.map((pair) => pair.map(encodeURIComponent).join('=')).join('&');
          expect(Object.entries(parseTrackedQuery(raw)).sort()).toEqual([...pairs].sort());
        },
      ),
    );
  });
});
