import { generateSecret, generateURI, verifySync } from 'otplib';

const STEP_SECONDS = 30;

/** A new secret for an authenticator app, base32. */
export function newTotpSecret(): string {
  return generateSecret();
}

/** The `otpauth://` address that authenticator apps read from a QR code. */
export function otpauthUrl(secret: string, email: string): string {
  return generateURI({ issuer: 'Tributary', label: email, secret });
}

/**
 * The number of the 30-second step whose code this is, within one step of `at`, or null for a wrong code (RFC 6238).
 * The caller accepts a step once. Apps show codes in two groups: blanks and dashes do not count.
 */
export function acceptedStep(secret: string, code: string, at: Date): number | null {
  const token = code.replaceAll(/[\s-]/g, '');
  if (!/^\d{6}$/.test(token)) return null;
  const present = Math.floor(at.getTime() / 1_000 / STEP_SECONDS);
  for (const step of [present, present - 1, present + 1]) {
    if (verifySync({ secret, token, epoch: step * STEP_SECONDS }).valid) return step;
  }
  return null;
}
