import { Injectable } from '@nestjs/common';
import { randomBytes } from 'node:crypto';
import { SecretBox } from '../../platform/index.js';
import { SECRET_PREFIX } from './webhook-signature.js';

const SECRET_BYTES = 32;

/** The sealed secrets of a webhook. */
export interface SealedSecrets {
  readonly current: string;
  /** The one before, and until when it signs too. */
  readonly previous: string | null;
  readonly previousUntil: Date | string | null;
}

/** The secrets that sign what is sent to webhooks; in the database they are sealed. */
@Injectable()
export class WebhookSecrets {
  constructor(private readonly box: SecretBox) {}

  /** A new secret (`whsec_…`) for the webhook with this id, sealed. */
  make(webhookId: string): string {
    const secret = SECRET_PREFIX + randomBytes(SECRET_BYTES).toString('base64');
    return this.box.seal(secret, contextOf(webhookId));
  }

  /** The secret in clear. @throws Error when its key is no longer configured */
  open(webhookId: string, sealed: string): string {
    return this.box.open(sealed, contextOf(webhookId));
  }

  /**
   * The secrets that sign at a time, the current one first.
   * @throws Error when a secret cannot be opened, for its key is no longer configured
   */
  signingAt(at: Date, webhookId: string, { current, previous, previousUntil }: SealedSecrets): string[] {
    const overlaps = previous !== null && previousUntil !== null && at < new Date(previousUntil);
    return [current, ...(overlaps ? [previous] : [])].map((sealed) => this.open(webhookId, sealed));
  }
}

function contextOf(webhookId: string): string {
  return `webhook_endpoints.secret:${webhookId}`;
}
