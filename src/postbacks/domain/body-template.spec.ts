import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bodyProblems, defaultContentType, parseBody, renderBody } from './body-template.js';
import { tooLong } from './length-limits.js';

const JSON_TYPE = 'application/json';

describe('B04 POST bodies', () => {
  it('in JSON give back every value', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (value) => {
        const body = renderBody(parseBody('{"id":"${clickid}"}'), new Map([['clickid', value]]), JSON_TYPE);
        expect(JSON.parse(body)).toEqual({ id: value });
      }),
    );
  });

  it.each([JSON_TYPE, 'text/json', 'TEXT/X-API+JSON; charset=utf-8', 'application/JSON ;v=1'])(
    'in %s stay within their quotes',
    (type) => {
      const values = new Map([['x', '","admin":"1']]);
      const body = renderBody(parseBody('{"id":"${x}"}'), values, type);
      expect(JSON.parse(body)).toEqual({ id: '","admin":"1' });
      expect(bodyProblems('{"id":${x}}', type)).toHaveLength(1);
    },
  );

  it.each([
    'application/xml',
    'text/xml; charset=utf-8',
    'application/soap+xml',
    'Image/SVG+XML ; a=b',
    'x/XML',
  ])('in %s cannot be told from markup', (type) => {
    const values = new Map([['x', `<a b="c" d='e'>&`]]);
    const escaped = '&lt;a b=&quot;c&quot; d=&#39;e&#39;&gt;&amp;';
    expect(renderBody(parseBody(`<id of='\${x}' or="\${x}">\${x}</id>`), values, type)).toBe(
      `<id of='${escaped}' or="${escaped}">${escaped}</id>`,
    );
  });

  it('in a form are percent-encoded, in plain text as they are', () => {
    const values = new Map([['x', 'a&b=c']]);
    expect(
      renderBody(parseBody('a=${x}&b=${y}'), values, 'application/x-www-form-urlencoded; charset=utf-8'),
    ).toBe('a=a%26b%3Dc&b=${y}');
    expect(renderBody(parseBody('a ${x}'), values, 'text/plain')).toBe('a a&b=c');
  });

  it('name the place and the correct form of what is wrong', () => {
    expect(bodyProblems('{"a":${x}}', JSON_TYPE)).toMatchObject([{ offset: 5, correct: '"${x}"' }]);
    expect(bodyProblems('{"a":"$[x]"}', JSON_TYPE)).toMatchObject([{ offset: 6, correct: '${x}' }]);
    expect(bodyProblems('a=${x y}', 'text/plain')).toMatchObject([{ offset: 2, correct: '${xy}' }]);
    expect(bodyProblems('{"a":', JSON_TYPE)).toHaveLength(1);
    expect(bodyProblems('{"a":"${x}"}', JSON_TYPE)).toEqual([]);
  });

  it('of a form hold no variable that a URL would not', () => {
    const form = 'application/x-www-form-urlencoded; charset=utf-8';
    const found = (body: string) =>
      bodyProblems(body, form).map(({ offset, part, correct }) => [offset, part, correct]);
    expect(found('click={clickid}')).toEqual([[6, 'body', '${clickid}']]);
    expect(found('click=[clickid]&x={{y}}&z=%x%')).toEqual([
      [6, 'body', '${clickid}'],
      [18, 'body', '${y}'],
      [26, 'body', '${x}'],
    ]);
    expect(found('a=$%5Bx%5D&b=$y')).toEqual([
      [2, 'body', '${x}'],
      [13, 'body', '${y}'],
    ]);
    expect(found('a[]=${x}&${y}=1&price=$5&b=%7B%22a%22%3A1%7D')).toEqual([]);
    expect(bodyProblems('click={clickid}', form)[0]!.message).toBe(
      'body, character 7: "{clickid}": is not a variable; write ${clickid}',
    );
  });

  it.each(['{x}', '{{x}}', '${{x}}', '#x#', '[x]', '%x%', '<x>', '$(x)', '$[x]'])(
    'in JSON have no value that is %s and nothing else',
    (text) => {
      const body = `{"a": "${text}" , "b":["\\"","${text}"]}`;
      const problems = bodyProblems(body, JSON_TYPE);
      expect(problems.map(({ offset, found, correct }) => [offset, found, correct])).toEqual([
        [7, text, '${x}'],
        [body.lastIndexOf(text), text, '${x}'],
      ]);
      expect(problems[0]!.message).toContain('write ${x}');
    },
  );

  it('leave plain text alone', () => {
    for (const body of [
      '{"[x]": "a {b} c", "d": "say \\"[x]\\"", "e": ["${x}"]}',
      '{"a":{"b":["<i>x</i>"]}}',
    ]) {
      expect(bodyProblems(body, JSON_TYPE)).toEqual([]);
    }
    expect(bodyProblems('<a>{x} ${y}</a>', 'text/xml')).toEqual([]);
  });

  it('hold at most 16 KiB, filled or not', () => {
    const most = 'é'.repeat(8_192);
    expect(bodyProblems(most, 'text/plain')).toEqual([]);
    expect(bodyProblems(`${most}x`, 'text/plain')).toMatchObject([{ offset: 8_192, found: 'x' }]);
    const filled = (value: string) => renderBody(parseBody('${x}'), new Map([['x', value]]), 'text/plain');
    expect(tooLong({ url: '', body: filled(most) })).toBeNull();
    expect(tooLong({ url: '', body: filled(`${most}x`) })).toBe('body_over_16384_bytes');
  });

  it('are JSON or XML when they look like it, else a form', () => {
    expect(defaultContentType(' {"a":1}')).toBe(JSON_TYPE);
    expect(defaultContentType('\n<?xml version="1.0"?><id>${x}</id>')).toBe('application/xml');
    expect(defaultContentType('a=1')).toBe('application/x-www-form-urlencoded');
  });
});
