import { describe, expect, it } from 'vitest';
import { passwordFault } from './password-rule.js';

describe('A32 passwords (rule 10.1)', () => {
  it.each(['a long and unusual pass phrase', '8 chars!', 'ü'.repeat(128), '🦊'.repeat(8)])(
    'accept %s',
    (good) => {
      expect(passwordFault(good)).toBeNull();
    },
  );

  it.each(['', '7 chars', 'x'.repeat(129), '🦊'.repeat(7)])('refuse the length of %s', (bad) => {
    expect(passwordFault(bad)).toContain('8 to 128');
  });

  it.each(['password', 'PassWord', '12345678', 'iloveyou', 'qwertyuiop'])('refuse the common %s', (bad) => {
    expect(passwordFault(bad)).toContain('guessed first');
  });
});
