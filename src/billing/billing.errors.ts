import { DomainError, invalidField } from '../platform/index.js';
import type { ApprovalPreview } from './approvals/bill-selection.js';
import { type BillAction, type BillState, statesAllowing } from './domain/bill-state.js';

const DONE: Record<BillAction, string> = {
  approve: 'approved',
  hold: 'put on hold',
  release: 'released',
  cancel: 'cancelled',
  correct: 'corrected',
};

/** 409: the bill's state does not allow the action (rule 3.6). */
export function billStateConflict(action: BillAction, state: BillState): DomainError {
  const allowed = statesAllowing(action).join(' or ');
  const message = `A bill is ${DONE[action]} only while ${allowed}; this one is ${state}.`;
  return new DomainError('BILL_STATE_CONFLICT', 'conflict', message, { state });
}

/** 409: the bill is on hold by hand; another reason to be held is no hindrance. */
export function billHeldByHand(): DomainError {
  const details = { state: 'on_hold' as const };
  return new DomainError('BILL_STATE_CONFLICT', 'conflict', 'The bill is on hold by hand already.', details);
}

/** 409: somebody or something that the bill pays for is under suspicion; its signals have to be decided on first. */
export function billUnderReview(signalIds: readonly string[]): DomainError {
  const message =
    'This bill pays for what open fraud signals are about: release or confirm them first, or cancel the bill. ' +
    `Signals: ${signalIds.join(', ')}.`;
  return new DomainError('BILL_UNDER_REVIEW', 'conflict', message, { signalIds });
}

/** 409: above the limit two operators approve, each once. */
export function billNeedsOtherOperator(): DomainError {
  const message =
    'You have approved this bill. It is above the limit: another operator has to approve it too.';
  return new DomainError('BILL_NEEDS_OTHER_OPERATOR', 'conflict', message);
}

/** 409: the bills that an operator was shown are not those that would be approved now. */
export function billsChanged(now: ApprovalPreview): DomainError {
  const found = now.sums.map(
    ({ bills, payable }) => `${bills} of ${payable.toString()} ${payable.currency} together`,
  );
  const message = `The bills have changed since they were shown; by now the filters find ${found.join(', ') || 'none'}. Look at them again (dryRun), then approve.`;
  return new DomainError('BILLS_CHANGED', 'conflict', message, { fingerprint: now.fingerprint });
}

/** 409: a bill was corrected after it was shown to whoever approves it among others. */
export function billChanged(): DomainError {
  return new DomainError('BILL_CHANGED', 'conflict', 'What the bill pays has changed since it was shown.');
}

/** 409: bills on hold are approved one by one. */
export function billHeld(): DomainError {
  const message = 'The bill is on hold: release it, or approve it alone.';
  return new DomainError('BILL_ON_HOLD', 'conflict', message);
}

/** 422: corrections may not take more off than there is to be paid. */
export function payableBelowZero(payable: string, currency: string): DomainError {
  return invalidField('amount', `at most ${payable} ${currency} can be subtracted`, 'PAYABLE_BELOW_ZERO');
}

/** 422: the bill would come to more of its coin than a balance can hold. */
export function payoutTooLarge(coin: string): DomainError {
  return invalidField('amount', `the bill would come to too much ${coin}`, 'INVALID_AMOUNT');
}

/** 422: the bill is paid out in a coin, and what that was worth at the period's end is not known. */
export function noPayoutRate(coin: string, currency: string, day: string): DomainError {
  const message = `This bill is paid out in ${coin}, and there is no fitting exchange rate from ${currency} to ${coin} of ${day} or the week before it. Enter one, then approve.`;
  return new DomainError('NO_PAYOUT_RATE', 'invalid', message, { currency: coin, day });
}

/** 422: a correction is in the bill's own currency. */
export function correctionCurrency(currency: string): DomainError {
  return invalidField('amount.currency', `the bill is in ${currency}`, 'CURRENCY_MISMATCH');
}
