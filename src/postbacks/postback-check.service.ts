import { Injectable } from '@nestjs/common';
import { DomainError } from '../platform/index.js';
import { endpointOf } from './domain/address-guard.js';
import { bodyProblems, defaultContentType } from './domain/body-template.js';
import { headerProblems } from './domain/request-headers.js';
import { parseTemplate } from './domain/template.js';
import { OutboundClient } from './delivery/outbound-client.js';
import type { PostbackMethod } from './postback.entity.js';
import { addressRefused, templateInvalid } from './postbacks.errors.js';

/** What a postback sends and where. */
export interface PostbackRequest {
  url: string;
  method: PostbackMethod;
  headers: Record<string, string>;
  body: string | null;
}

/** Checks what a postback would send before it is saved. */
@Injectable()
export class PostbackCheck {
  constructor(private readonly outbound: OutboundClient) {}

  /**
   * Refuses wrong templates, headers and special addresses (rules 5.2 and 5.4). It may ask a name server: call it
   * outside a transaction.
   * @throws DomainError POSTBACK_TEMPLATE_INVALID, POSTBACK_ADDRESS_REFUSED, VALIDATION_FAILED (422)
   */
  async assertSendable(request: PostbackRequest): Promise<void> {
    assertWellFormed(request);
    await this.assertUrl(request.url);
  }

  /**
   * Refuses a wrong template of a URL and special addresses; outside a transaction, too.
   * @throws DomainError POSTBACK_TEMPLATE_INVALID, POSTBACK_ADDRESS_REFUSED
   */
  async assertUrl(url: string): Promise<void> {
    const parsed = parseTemplate(url);
    if ('problems' in parsed) throw templateInvalid('url', parsed.problems);
    const endpoint = endpointOf(new URL(url));
    const range = await this.outbound.refusal(endpoint);
    if (range !== null) throw addressRefused(endpoint.host, range);
  }
}

/**
 * Refuses wrong headers, and a body that is wrong or does not fit the method and headers; asks nobody.
 * @throws DomainError POSTBACK_TEMPLATE_INVALID, VALIDATION_FAILED (422)
 */
export function assertWellFormed(request: PostbackRequest): void {
  assertHeaders(request.headers);
  assertBody(request);
}

function assertHeaders(headers: Record<string, string>): void {
  const errors = headerProblems(headers).map((message) => ({ path: 'headers', message }));
  if (errors.length === 0) return;
  const summary = errors.map(({ message }) => `headers: ${message}`).join('; ');
  throw new DomainError('VALIDATION_FAILED', 'invalid', summary, { errors });
}

function assertBody({ method, headers, body }: PostbackRequest): void {
  if (body === null) return;
  if (method !== 'POST') {
    const message = 'is for the method POST only';
    throw new DomainError('VALIDATION_FAILED', 'invalid', `body ${message}`, {
      errors: [{ path: 'body', message }],
    });
  }
  const problems = bodyProblems(body, headers['content-type'] ?? defaultContentType(body));
  if (problems.length > 0) throw templateInvalid('body', problems);
}
