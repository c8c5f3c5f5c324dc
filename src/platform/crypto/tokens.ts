import { createHash, randomBytes } from 'node:crypto';

/** A random token of `bytes` bytes (256 bit by default), base64url. */
export function randomToken(bytes = 32): string {
  return randomBytes(bytes).toString('base64url');
}

/** SHA-256 of a text, lowercase hex: how tokens are kept and looked up. */
export function sha256Hex(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
