import { DomainError, type FieldError, invalidField, type Money } from '../platform/index.js';
import { CASHOUT_DECISIONS, type CashoutDecision, type CashoutState } from './domain/cashout-state.js';
import { SCHEDULE_MOVES, type ScheduleMove, type ScheduleState } from './domain/schedule-state.js';

/** 422: the available balance does not cover the amount. */
export function insufficientFunds(currency: string): DomainError {
  return invalidField('amount', `is more than the available ${currency} balance`, 'INSUFFICIENT_FUNDS');
}

/** 422: an account, the owner's or the house's, would hold more than 2^63 - 1 of the currency's smallest unit. */
export function balanceTooLarge(currencies: readonly string[]): DomainError {
  const message = `would make a ${currencies.join(' or ')} account larger than the ledger can hold`;
  return invalidField('amount', message, 'BALANCE_TOO_LARGE');
}

/** 422: the payment method is not open for this currency. */
export function currencyNotSupported(currency: string, supported: readonly string[]): DomainError {
  const choice =
    supported.length > 0 ? `it takes ${supported.join(', ')}` : 'it takes no currency at present';
  return invalidField(
    'currency',
    `${currency} cannot be paid to this payment method; ${choice}`,
    'CURRENCY_NOT_SUPPORTED',
  );
}

/** 422: operators have closed this type of payment method. */
export function paymentMethodTypeDisabled(path: string): DomainError {
  return invalidField(path, 'is of a type that is not offered at present', 'PAYMENT_METHOD_TYPE_DISABLED');
}

/** 422: fields of a payment method that do not have their form. */
export function paymentMethodFieldsInvalid(faults: FieldError[]): DomainError {
  const summary = faults.map(({ path, message }) => `${path}: ${message}`).join('; ');
  return new DomainError('INVALID_PAYMENT_METHOD', 'invalid', summary, { errors: faults });
}

/** 409: one account per type (rule 4.2). */
export function paymentMethodExists(): DomainError {
  const message = 'There is already an account of this type; delete it before adding another.';
  return new DomainError('PAYMENT_METHOD_EXISTS', 'conflict', message);
}

/** 409: a payment method stays while money is on its way to it (rule 4.2). */
export function paymentMethodInUse(): DomainError {
  const message = 'A pending cash-out uses this payment method; cancel it or wait for the decision.';
  return new DomainError('PAYMENT_METHOD_IN_USE', 'conflict', message);
}

/** 422: limits of a payment method type that are no limits; `path` names the field. */
export function limitInvalid(path: string, message: string): DomainError {
  return invalidField(path, message, 'INVALID_LIMITS');
}

/** 409: the cash-out's state does not allow the decision (rule 4.3). */
export function cashoutStateConflict(decision: CashoutDecision, state: CashoutState): DomainError {
  const { from, done } = CASHOUT_DECISIONS[decision];
  const message =
    decision === 'refund' && state === 'refund'
      ? 'All of this payment has come back already.'
      : `A cash-out is ${done} only while its state is ${from}; this one's is ${state}.`;
  return new DomainError('CASHOUT_STATE_CONFLICT', 'conflict', message, { state });
}

/** 422: refunds together would exceed the payment. */
export function refundTooLarge(left: Money): DomainError {
  const message = `must be at most ${left.toString()} ${left.currency}, which is left of the payment`;
  return new DomainError('REFUND_TOO_LARGE', 'invalid', `amount: ${message}`, {
    errors: [{ path: 'amount', message }],
    refundable: left.toJSON(),
  });
}

/** 422: a correction that takes a balance below zero is confirmed explicitly (rule 1.4). */
export function wouldOverdraw(): DomainError {
  const message =
    'the available balance would go below zero; enter the correction with overdraw: true if it shall';
  return invalidField('overdraw', message, 'WOULD_OVERDRAW');
}

/** 409: a correction is decided about once. */
export function correctionDecided(state: string): DomainError {
  const message = `A balance correction is decided about only while it is pending; this one is ${state}.`;
  return new DomainError('CORRECTION_DECIDED', 'conflict', message, { state });
}

/** 409: the second operator is somebody else than the first. */
export function correctionNeedsOtherOperator(): DomainError {
  const message = 'You entered this balance correction; another operator decides about it.';
  return new DomainError('CORRECTION_NEEDS_OTHER_OPERATOR', 'conflict', message);
}

/** 409: nothing is asked for, credited by hand or paid where nobody can open the wallet any more. */
export function partnerErased(): DomainError {
  const message = "This partner's data are erased or being erased: nobody can open the wallet any more.";
  return new DomainError('PARTNER_ERASED', 'conflict', message);
}

/** 409: reconciliation found something wrong with this wallet, and nothing moves in it (rule 1.6). */
export function walletFrozen(): DomainError {
  const message = 'This wallet is frozen: nothing moves in it until an operator has looked into it.';
  return new DomainError('WALLET_FROZEN', 'conflict', message);
}

/** 409: a freeze is not lifted while reconciliation still finds something wrong with the wallet. */
export function walletNotClean(faults: readonly string[]): DomainError {
  const message = `Reconciliation still finds: ${faults.join('; ')}`;
  return new DomainError('WALLET_NOT_CLEAN', 'conflict', message);
}

/** 409: the schedule's state does not allow it. */
export function scheduleStateConflict(move: ScheduleMove, state: ScheduleState): DomainError {
  const { from, done } = SCHEDULE_MOVES[move];
  const message = `A schedule is ${done} only while it is ${from.join(' or ')}; this one is ${state}.`;
  return new DomainError('SCHEDULE_STATE_CONFLICT', 'conflict', message, { state });
}

/** 409: the schedule has no payment method that exists. */
export function schedulePaymentMethodDeleted(): DomainError {
  const message = 'The payment method of this schedule was deleted; give it another one first.';
  return new DomainError('PAYMENT_METHOD_DELETED', 'conflict', message);
}

/** 409: an owner has as many schedules as it may have. */
export function tooManySchedules(most: number): DomainError {
  const message = `There are ${most} schedules already; delete one before adding another.`;
  return new DomainError('TOO_MANY_SCHEDULES', 'conflict', message);
}
