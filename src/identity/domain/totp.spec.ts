import { generateSync } from 'otplib';
import { describe, expect, it } from 'vitest';
import { acceptedStep, newTotpSecret, otpauthUrl } from './totp.js';

/** "12345678901234567890", the secret of RFC 6238's test vectors, in base32. */
const SECRET = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ';

describe('A31 time-based codes (RFC 6238, appendix B)', () => {
  it.each([
    [59, '287082'],
    [1111111109, '081804'],
    [1111111111, '050471'],
    [1234567890, '005924'],
    [2000000000, '279037'],
    [20000000000, '353130'],
  ])('at %i s the code is %s', (seconds, code) => {
    const at = new Date(seconds * 1_000);
    expect(acceptedStep(SECRET, code, at)).toBe(Math.floor(seconds / 30));
  });

  it.each([
    [-2, null],
    [-1, -1],
    [0, 0],
    [1, 1],
    [2, null],
  ])('a code of step %i is accepted as step %s', (offset, expected) => {
    const present = 1234567890 / 30;
    const epoch = (Math.floor(present) + offset) * 30;
    const code = generateSync({ secret: SECRET, epoch });
    const step = acceptedStep(SECRET, code, new Date(1234567890 * 1_000));
    expect(step).toBe(expected === null ? null : Math.floor(present) + expected);
  });

  it.each(['005924', '005 924', ' 005-924\n', '005\u00a0924'])(
    'accepts %j as it is shown or copied',
    (code) => {
      expect(acceptedStep(SECRET, code, new Date(1234567890 * 1_000))).toBe(41152263);
    },
  );

  it.each(['', '00592', '0059240', '٠٠٥٩٢٤', '00592a', '+05924'])('refuses %j', (code) => {
    expect(acceptedStep(SECRET, code, new Date(1234567890 * 1_000))).toBeNull();
  });

  it('makes secrets of 160 bits that apps can read', () => {
    const secret = newTotpSecret();
    expect(secret).toMatch(/^[A-Z2-7]{32}$/);
    expect(newTotpSecret()).not.toBe(secret);
    const url = new URL(otpauthUrl(secret, 'ann+x@example.com'));
    expect(url.protocol).toBe('otpauth:');
    expect(url.searchParams.get('secret')).toBe(secret);
    expect(decodeURIComponent(url.pathname)).toContain('Tributary:ann+x@example.com');
  });
});
