import { DomainError, invalidField } from '../../platform/index.js';
import { WEBHOOK_EVENTS, type WebhookAudience } from './webhook-catalogue.js';

const urlRefused = (code: string, message: string): DomainError =>
  new DomainError(code, 'invalid', `url: ${message}`, { errors: [{ path: 'url', message }] });

/** 422: the address is not one that events may be sent to. */
export const webhookUrlInvalid = (message: string): DomainError => urlRefused('WEBHOOK_URL_INVALID', message);

/** 422: the host is, or leads to, an address that is not on the public internet (rule 5.4). */
export const webhookAddressRefused = (host: string, range: string): DomainError =>
  urlRefused(
    'WEBHOOK_ADDRESS_REFUSED',
    `${host} leads to a special address (${range}); only public addresses are called`,
  );

/** 409: there are enough. */
export const tooManyWebhooks = (most: number): DomainError =>
  new DomainError('TOO_MANY_WEBHOOKS', 'conflict', `There are ${most} webhooks already; delete one first.`);

/** 409: nothing is sent to a disabled webhook. */
export const webhookDisabled = (): DomainError =>
  new DomainError('WEBHOOK_DISABLED', 'conflict', 'This webhook is disabled; enable it first.');

/** 409: what an operator disabled, only an operator enables. */
export const disabledByOperator = (): DomainError =>
  new DomainError(
    'WEBHOOK_DISABLED_BY_OPERATOR',
    'conflict',
    'The program disabled this webhook; disabledComment says why.',
  );

/** @throws DomainError VALIDATION_FAILED (422) that names the first type that the audience does not hear of */
export function assertTypes(audience: WebhookAudience, path: string, types: readonly string[] | null): void {
  const unknown = types?.find((type) => !Object.hasOwn(WEBHOOK_EVENTS[audience], type));
  if (unknown === undefined) return;
  throw invalidField(path, `${JSON.stringify(unknown)} is not among GET /${audience}/webhook-events`);
}
