import { DomainError, invalidField } from '../../platform/index.js';

export const ticketStateConflict = (state: string): DomainError =>
  new DomainError(
    'TICKET_STATE_CONFLICT',
    'conflict',
    `The ticket is in the state ${state}, which does not allow this.`,
    { state },
  );

export const ticketFull = (most: number): DomainError =>
  new DomainError(
    'TICKET_FULL',
    'conflict',
    `The ticket has ${most} messages, as many as may be: open another one.`,
  );

export const tooManyAttachments = (most: number): DomainError =>
  new DomainError(
    'TOO_MANY_ATTACHMENTS',
    'conflict',
    `There are ${most} files that no message has taken: send them first.`,
  );

/** 422 for files that a message cannot take. */
export const unknownAttachments = (): DomainError =>
  invalidField('attachmentIds', 'must be ids of files that you uploaded and that no message has');

export const mailNotAuthenticated = (): DomainError =>
  new DomainError(
    'MAIL_NOT_AUTHENTICATED',
    'unauthenticated',
    'X-Authorization-Sign must be the HMAC-SHA512 of the body, as sent, under the secret.',
  );

export const malformedMail = (message: string): DomainError =>
  new DomainError('MALFORMED_BODY', 'malformed', `body: ${message}`, { errors: [{ path: 'body', message }] });
