import { DomainError } from '../platform/index.js';
import { TOO_LONG, type TooLong } from './domain/length-limits.js';
import type { TemplateProblem } from './domain/template.js';

/** 422: a template is wrong; every place is named with the correct form (rule 5.2). */
export const templateInvalid = (path: 'url' | 'body', problems: readonly TemplateProblem[]): DomainError =>
  new DomainError('POSTBACK_TEMPLATE_INVALID', 'invalid', problems.map(({ message }) => message).join('; '), {
    errors: problems.map(({ message }) => ({ path, message })),
    places: problems.map(({ offset, part, found, correct }) => ({ path, offset, part, found, correct })),
  });

/** 422: the host is, or leads to, an address that is not on the public internet (rule 5.4). */
export const addressRefused = (host: string, range: string): DomainError => {
  const message = `${host} leads to a special address (${range}); only public addresses are called`;
  return new DomainError('POSTBACK_ADDRESS_REFUSED', 'invalid', `url: ${message}`, {
    errors: [{ path: 'url', message }],
  });
};

/** 409: nothing is sent to a disabled postback. */
export const postbackDisabled = (): DomainError =>
  new DomainError(
    'POSTBACK_DISABLED',
    'conflict',
    'This postback is disabled; set its state to active first.',
  );

/** 409: there are enough. */
export const tooManyPostbacks = (most: number): DomainError =>
  new DomainError('TOO_MANY_POSTBACKS', 'conflict', `There are ${most} postbacks already; delete one first.`);

/** 409: what was too long to be sent stays so. */
export const tooLongToSend = (what: TooLong): DomainError =>
  new DomainError('POSTBACK_TOO_LONG', 'conflict', `This cannot be sent: ${TOO_LONG[what]}.`);

/** 409: the postback, or the delivery with its body, is no longer there. */
export const cannotResend = (): DomainError =>
  new DomainError('POSTBACK_GONE', 'conflict', 'The postback of this log entry no longer exists.');

/** 409: a test has sample values and is tried once; sent again as an event it would be neither. */
export const testNotResent = (postbackId: string): DomainError =>
  new DomainError(
    'POSTBACK_TEST',
    'conflict',
    `This was a test with sample values; for another one call POST /partner/postbacks/${postbackId}/test.`,
  );
