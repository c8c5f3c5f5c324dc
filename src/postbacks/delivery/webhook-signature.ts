import { createHmac } from 'node:crypto';

/** What a secret begins with; behind it stand 24 to 64 bytes in base64. */
export const SECRET_PREFIX = 'whsec_';

/** Something that is about to be sent to a webhook. */
export interface SignedMessage {
  /** The event's id: the same at every attempt, and at replays. */
  readonly id: string;
  /** Time of this attempt. */
  readonly sentAt: Date;
  /** The body as it goes out, to the byte. */
  readonly body: string;
}

/**
 * The headers that prove where a message comes from and when it was sent (Standard Webhooks 1.0.0, "Signature scheme":
 * `v1`, HMAC-SHA256 of `id.timestamp.body`).
 * @param secrets `whsec_…`, the newest first; each signs, so that receivers may go from one to the next
 */
export function signatureHeaders(
  secrets: readonly string[],
  { id, sentAt, body }: SignedMessage,
): Record<'webhook-id' | 'webhook-timestamp' | 'webhook-signature', string> {
  const timestamp = Math.floor(sentAt.getTime() / 1_000).toString();
  const signatures = secrets.map((secret) => {
    const key = Buffer.from(secret.slice(SECRET_PREFIX.length), 'base64');
    return `v1,${createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64')}`;
  });
  return {
    'webhook-id': id,
    'webhook-timestamp': timestamp,
    'webhook-signature': signatures.join(' '),
  };
}
