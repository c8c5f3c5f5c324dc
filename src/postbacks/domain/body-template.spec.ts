import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bodyProblems, defaultContentType, parseBody, renderBody } from './body-template.js';

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

  it('are JSON when they look like it, else a form', () => {
    expect(defaultContentType(' {"a":1}')).toBe(JSON_TYPE);
    expect(defaultContentType('a=1')).toBe('application/x-www-form-urlencoded');
  });
});
