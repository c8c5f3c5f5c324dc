import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sepaText } from './sepa-text.js';

describe('B09 texts of SEPA payments', () => {
  it.each([
    ['Jürgen Müßig & Søn', 'Jurgen Mussig + Son'],
    ['Łukasz Żółć', 'Lukasz Zolc'],
    ['Γεώργιος Παπαδόπουλος', 'Georgios Papadopoylos'],
    ['Иван Петров', 'Ivan Petrov'],
    ['//a//b//', 'a/b'],
    ['Ann_Lee <ann@example.com>', 'Ann-Lee ann example.com'],
    ["O'Neill, (Ltd.)", "O'Neill, (Ltd.)"],
    ['\u0000\n', 'NOTPROVIDED'],
  ])('%j becomes %j', (text, expected) => {
    expect(sepaText(text, 70)).toBe(expected);
  });

  it('hold only what banks take, and never more than the field', () => {
    const text = fc.string({ unit: 'binary', maxLength: 200 });
    fc.assert(
      fc.property(text, fc.integer({ min: 11, max: 140 }), (input, maxLength) => {
        const output = sepaText(input, maxLength);
        expect(output).toMatch(/^[A-Za-z0-9/\-?:().,'+ ]+$/);
        expect(output.length).toBeLessThanOrEqual(maxLength);
        expect(output).not.toMatch(/^[ /]|[ /]$|\/\//);
        expect(sepaText(output, maxLength)).toBe(output);
      }),
    );
  });
});
