import { describe, expect, it } from 'vitest';
import { csvLine } from './csv.js';

describe('csvLine', () => {
  it('quotes what needs quotes', () => {
    expect(csvLine(['a', 'b,c', 'say "hi"', null, 'two\nlines'])).toBe(
      'a,"b,c","say ""hi""",,"two\nlines"\r\n',
    );
  });

  it.each(['=HYPERLINK("x")', '+49 30', '-1+2', '@SUM(A1)', '\t=1', '\r=1', '\n=1'])(
    'makes %j inert',
    (cell) => {
      expect(csvLine([cell]).replace(/^"/, '').startsWith("'")).toBe(true);
    },
  );

  it.each(['-5.00', '0', '12.50'])('leaves the number %s a number', (cell) => {
    expect(csvLine([cell])).toBe(`${cell}\r\n`);
  });
});
