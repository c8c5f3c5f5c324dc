import { Injectable } from '@nestjs/common';
import { OutboundClient } from '../delivery/outbound-client.js';
import { endpointOf } from '../domain/address-guard.js';
import { webhookUrlFault } from '../domain/webhook-url.js';
import { webhookAddressRefused, webhookUrlInvalid } from './webhooks.errors.js';

/** Checks the address of a webhook before it is saved. */
@Injectable()
export class WebhookCheck {
  constructor(private readonly outbound: OutboundClient) {}

  /**
   * Refuses what is no address for events: no https (but where `OUTBOUND_ALLOW` opens the host), special addresses
   * (rule 5.4). It may ask a name server: call it outside a transaction.
   * @throws DomainError WEBHOOK_URL_INVALID, WEBHOOK_ADDRESS_REFUSED
   */
  async assertSendable(text: string): Promise<void> {
    const fault = webhookUrlFault(text);
    if (fault !== null) throw webhookUrlInvalid(fault);
    const url = new URL(text);
    const endpoint = endpointOf(url);
    if (url.protocol !== 'https:' && !this.outbound.opens(endpoint)) {
      throw webhookUrlInvalid('must begin with https://');
    }
    const range = await this.outbound.refusal(endpoint);
    if (range !== null) throw webhookAddressRefused(endpoint.host, range);
  }
}
