import type { OutboundResult } from '../../../src/postbacks/delivery/outbound-call.js';
import type { OutboundClient, OutboundRequest } from '../../../src/postbacks/delivery/outbound-client.js';

/** Sends a request; resolves to how it ended. */
export function sendBy(client: OutboundClient, request: OutboundRequest): Promise<OutboundResult> {
  return new Promise((resolve) => client.send(request, resolve));
}
