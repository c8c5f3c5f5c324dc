import { DomainError } from '../../platform/index.js';

export const notAChannelPartner = (): DomainError =>
  new DomainError(
    'NOT_A_CHANNEL_PARTNER',
    'conflict',
    'Channels are for partners who joined as one (kind `channel`).',
  );

export const handleTaken = (): DomainError =>
  new DomainError('HANDLE_TAKEN', 'conflict', 'handle: is the handle of another channel', {
    errors: [{ path: 'handle', message: 'is the handle of another channel' }],
  });

export const channelArchived = (): DomainError =>
  new DomainError('CHANNEL_ARCHIVED', 'conflict', 'This channel is archived; unarchive it first.');

export const channelStateConflict = (state: string): DomainError =>
  new DomainError('CHANNEL_STATE_CONFLICT', 'conflict', `This channel is ${state} already.`);

export const wrongUnsubscribeLink = (): DomainError =>
  new DomainError('INVALID_TOKEN', 'invalid', 'token: is not that of a link in one of our mails', {
    errors: [{ path: 'token', message: 'is not that of a link in one of our mails' }],
  });
