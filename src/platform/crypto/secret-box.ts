import { Injectable } from '@nestjs/common';
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { Config } from '../config/config.js';

const ALGORITHM = 'aes-256-gcm';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const GCM = { authTagLength: TAG_BYTES };

/**
 * Encrypts secrets at rest (AES-256-GCM, NIST SP 800-38D). A sealed text is `keyId.base64url`, so keys rotate:
 * the first configured key seals, every configured key opens.
 */
@Injectable()
export class SecretBox {
  private readonly keys: ReadonlyMap<string, Buffer>;
  private readonly sealingKeyId: string;

  constructor(config: Config) {
    const pairs = config.encryptionKeys.map((pair): [string, Buffer] => {
      const [id = '', key = ''] = pair.split(':');
      return [id, Buffer.from(key, 'base64')];
    });
    this.keys = new Map(pairs);
    this.sealingKeyId = pairs[0]![0];
  }

  /** Encrypts `plain`; `context` (for example `users.two_factor_secret:<id>`) must be given again to open it. */
  seal(plain: string, context: string): string {
    const nonce = randomBytes(NONCE_BYTES);
    const cipher = createCipheriv(ALGORITHM, this.keys.get(this.sealingKeyId)!, nonce, GCM);
    cipher.setAAD(Buffer.from(context));
    const body = Buffer.concat([nonce, cipher.update(plain, 'utf8'), cipher.final(), cipher.getAuthTag()]);
    return `${this.sealingKeyId}.${body.toString('base64url')}`;
  }

  /**
   * Decrypts what {@link seal} made under the same context.
   * @throws Error when the key is no longer configured, or the text or its context was altered
   */
  open(sealed: string, context: string): string {
    const [keyId = '', encoded = ''] = sealed.split('.');
    const key = this.keys.get(keyId);
    if (!key) throw new Error(`The encryption key '${keyId}' is not configured`);
    const body = Buffer.from(encoded, 'base64url');
    const decipher = createDecipheriv(ALGORITHM, key, body.subarray(0, NONCE_BYTES), GCM);
    decipher.setAAD(Buffer.from(context));
    decipher.setAuthTag(body.subarray(-TAG_BYTES));
    const plain = decipher.update(body.subarray(NONCE_BYTES, -TAG_BYTES));
    return Buffer.concat([plain, decipher.final()]).toString('utf8');
  }
}
