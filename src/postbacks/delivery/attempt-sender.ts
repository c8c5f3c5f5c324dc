import { Injectable, Logger } from '@nestjs/common';
import { Clock, Ids } from '../../platform/index.js';
import { defaultContentType } from '../domain/body-template.js';
import { sameAddress } from '../domain/url-parts.js';
import { signatureHeaders } from './webhook-signature.js';
import type { Attempt } from './attempt.js';
import type { DueDelivery } from './due-deliveries.js';
import type { OutboundResult } from './outbound-call.js';
import { OutboundClient } from './outbound-client.js';
import { WebhookSecrets } from './webhook-secrets.js';

const ENCODING = { 'accept-encoding': 'identity' };
const POSTBACK_HEADERS = { 'user-agent': 'Tributary-Postback/1', ...ENCODING };
const WEBHOOK_HEADERS = {
  'user-agent': 'Tributary-Webhook/1',
  ...ENCODING,
  'content-type': 'application/json; charset=utf-8',
};
const UNSIGNED: OutboundResult = {
  status: null,
  error: 'secret_unreadable',
  retryAfter: undefined,
  durationMs: 0,
};

/** Makes attempts: gives a delivery the headers that it has at this moment, and sends it. */
@Injectable()
export class AttemptSender {
  private readonly logger = new Logger(AttemptSender.name);

  constructor(
    private readonly outbound: OutboundClient,
    private readonly secrets: WebhookSecrets,
    private readonly clock: Clock,
    private readonly ids: Ids,
  ) {}

  /** Sends a delivery once and tells, later, what came of it; never throws. */
  send(delivery: DueDelivery, done: (attempt: Attempt) => void): void {
    const sentAt = this.clock.now();
    const id = this.ids.next();
    const end = (result: OutboundResult): void =>
      done({ id, delivery, sentAt, endedAt: this.clock.now(), result });
    const headers = this.headersOf(delivery, sentAt);
    const { method, url, body } = delivery;
    if (headers) this.outbound.send({ method, url, headers, body }, end);
    else queueMicrotask(() => end(UNSIGNED));
  }

  /** Cuts the calls that still run. */
  close(): Promise<void> {
    return this.outbound.close();
  }

  private headersOf(delivery: DueDelivery, sentAt: Date): Record<string, string> | null {
    const { webhookId, secrets, eventId, body } = delivery;
    if (webhookId === null)
      return { ...ownHeaders(delivery), ...POSTBACK_HEADERS, 'x-tributary-event-id': eventId };
    try {
      const signing = this.secrets.signingAt(sentAt, webhookId, secrets!);
      return { ...WEBHOOK_HEADERS, ...signatureHeaders(signing, { id: eventId, sentAt, body: body! }) };
    } catch (error) {
      this.logger.error({ err: error, webhookId }, 'The secret of a webhook cannot be opened');
      return null;
    }
  }
}

/** The partner's headers. What waits for an address that the postback has left gets none but the type of its body. */
function ownHeaders({ headers, headersUrl, url, body }: DueDelivery): DueDelivery['headers'] {
  if (headersUrl === null || sameAddress(headersUrl, url)) return headers;
  return body === null ? null : { 'content-type': defaultContentType(body) };
}
