import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import type { Transform } from 'node:stream';

const ALGORITHM = 'aes-256-gcm';
const KEY_BYTES = 32;
const NONCE_BYTES = 12;
const GCM = { authTagLength: 16 };

/** A stream that encrypts, and what opens it again. */
export interface StreamSeal {
  encrypt: Transform;
  /** Key, nonce and tag as one text, to be kept sealed; complete only when the stream has ended. */
  key(): string;
}

/**
 * Encrypts a file on its way to where it is kept (AES-256-GCM, NIST SP 800-38D) under a key of its own: without the
 * key the file is worth nothing. The length stays the same.
 */
export function sealStream(): StreamSeal {
  const secret = randomBytes(KEY_BYTES);
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv(ALGORITHM, secret, nonce, GCM);
  return {
    encrypt: cipher,
    key: () => [secret, nonce, cipher.getAuthTag()].map((part) => part.toString('base64url')).join('.'),
  };
}

/** Decrypts what {@link sealStream} encrypted; the stream fails at its end when the file was altered. */
export function openStream(key: string): Transform {
  const [secret, nonce, tag] = key.split('.').map((part) => Buffer.from(part, 'base64url'));
  const decipher = createDecipheriv(ALGORITHM, secret!, nonce!, GCM);
  decipher.setAuthTag(tag!);
  return decipher;
}
