import { DomainError, type FieldError } from '../../platform/index.js';
import { type BroadcastAction, broadcastMove, type BroadcastState } from './domain/broadcast-state.js';

/** 409 for an action that the state does not allow. */
export const broadcastStateConflict = (action: BroadcastAction, state: BroadcastState): DomainError =>
  new DomainError(
    'BROADCAST_STATE_CONFLICT',
    'conflict',
    `A broadcast in the state ${state} cannot do this (${action}); it can in ${broadcastMove(action).from.join(', ')}.`,
  );

export const broadcastStarted = (): DomainError =>
  new DomainError(
    'BROADCAST_EXPIRED',
    'conflict',
    'This broadcast should have started by now; nobody had decided, so it has expired.',
  );

/** 422 that names the fields of a broadcast which do not fit. */
export const unfitBroadcast = (errors: FieldError[]): DomainError =>
  new DomainError(
    'VALIDATION_FAILED',
    'invalid',
    errors.map(({ path, message }) => `${path}: ${message}`).join('; '),
    { errors },
  );
