import { DomainError, type FieldError, invalidField } from '../../platform/index.js';
import {
  batchStatesAllowing,
  type PayoutBatchAction,
  type PayoutBatchState,
} from '../domain/payout-batch-state.js';

const DONE: Record<PayoutBatchAction, string> = {
  approve: 'approved',
  export: 'exported',
  hand_over: 'handed to a provider',
  attempt: 'sent',
  accept: 'confirmed by the provider',
  refuse: 'refused by the provider',
  deny: 'denied by the provider',
  settle: 'settled',
  cancel: 'cancelled',
};

/** 409: the batch's state does not allow the action. */
export function payoutBatchStateConflict(action: PayoutBatchAction, state: PayoutBatchState): DomainError {
  const allowed = batchStatesAllowing(action).join(' or ');
  const message = `A payout batch is ${DONE[action]} only while its state is ${allowed}; this one's is ${state}.`;
  return new DomainError('PAYOUT_BATCH_STATE_CONFLICT', 'conflict', message, { state });
}

/** 409: whoever made a batch does not approve it. */
export function payoutNeedsOtherOperator(): DomainError {
  const message = 'You made this payout batch: another operator has to approve it.';
  return new DomainError('PAYOUT_NEEDS_OTHER_OPERATOR', 'conflict', message);
}

/** 409: the cash-out is being paid in a batch, and nobody else decides about it meanwhile. */
export function cashoutInPayoutBatch(payoutBatchId: string): DomainError {
  const message = `The cash-out is in the payout batch ${payoutBatchId}: wait for its result, or cancel the batch.`;
  return new DomainError('CASHOUT_IN_PAYOUT_BATCH', 'conflict', message, { payoutBatchId });
}

/** 409: the filters find other cash-outs by now. */
export function payoutCandidatesChanged(): DomainError {
  const message = 'The filters find other cash-outs than the ones you were shown: look at them again.';
  return new DomainError('PAYOUT_CANDIDATES_CHANGED', 'conflict', message);
}

/** 422: cash-outs that cannot be in the batch, by their places in the request. */
export function cashoutsNotPayable(errors: FieldError[]): DomainError {
  const message = errors.map(({ path, message: fault }) => `${path}: ${fault}`).join('; ');
  return new DomainError('CASHOUTS_NOT_PAYABLE', 'invalid', message, { errors });
}

/** 422: a batch needs a cash-out. */
export function nothingToPay(): DomainError {
  return invalidField('filter', 'finds no cash-out that could be paid', 'NOTHING_TO_PAY');
}

/** 422: too many cash-outs for one batch. */
export function tooManyToPay(most: number): DomainError {
  return invalidField(
    'filter',
    `finds more than the ${most} cash-outs that a batch takes`,
    'TOO_MANY_TO_PAY',
  );
}

/** 422: what the way of paying needs is not in the settings. */
export function payoutsNotConfigured(settings: string): DomainError {
  const message = `This way of paying needs the settings ${settings}.`;
  return new DomainError('PAYOUTS_NOT_CONFIGURED', 'invalid', message);
}

/** 422: batches of this type of payment method are not paid this way. */
export function payoutWayUnknown(way: string, type: string): DomainError {
  const message = `There is no ${way} for payment methods of the type ${type}.`;
  return new DomainError('PAYOUT_WAY_UNKNOWN', 'invalid', message);
}

/** 422: lines whose accounts the file cannot hold. */
export function linesNotWritable(lineIds: readonly string[], why: string): DomainError {
  const message = `The file cannot hold the accounts of the lines ${lineIds.join(', ')}: ${why}`;
  return new DomainError('PAYOUT_LINES_NOT_WRITABLE', 'invalid', message, { lineIds });
}

/** 422: lines whose accounts were erased with their owners. */
export function accountsErased(lineIds: readonly string[]): DomainError {
  const message =
    `The accounts of the lines ${lineIds.join(', ')} are erased: nothing can be paid to them. Cancel the batch, and ` +
    'make it anew without them.';
  return new DomainError('PAYOUT_LINES_NOT_WRITABLE', 'invalid', message, { lineIds });
}

/** 409: wallets that the batch pays from were frozen after it was made. */
export function payoutWalletsFrozen(lineIds: readonly string[]): DomainError {
  const message =
    'Wallets that this batch pays from are frozen: what was paid could not be booked. Lift the freezes, or cancel the ' +
    'batch and make it anew without them.';
  return new DomainError('WALLET_FROZEN', 'conflict', message, { lineIds });
}

/** 409: the file is no longer there. */
export function payoutFileGone(): DomainError {
  const message =
    'The batch has no file any more: the data of a partner in it were erased, or it was paid otherwise.';
  return new DomainError('PAYOUT_FILE_GONE', 'conflict', message);
}

/** 409: results come from the provider as long as it is asked. */
export function providerIsAsked(): DomainError {
  const message = 'The provider is being asked about this batch; its answer counts.';
  return new DomainError('PAYOUT_PROVIDER_ASKED', 'conflict', message);
}

/** 422: the file holds no results. */
export function notPayoutResults(fault: string): DomainError {
  return invalidField('file', fault, 'INVALID_PAYOUT_RESULTS');
}
