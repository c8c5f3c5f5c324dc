import { DomainError, invalidField } from '../../platform/index.js';
import { ENTRY_DAYS, type EntryRefusal } from './domain/code-entry.js';
import type { Referral } from './referral-book.js';

const conflict = (code: string, message: string) => (): DomainError =>
  new DomainError(code, 'conflict', message);
const field = (code: string, message: string) => (): DomainError => invalidField('code', message, code);

const REFUSALS: Readonly<Record<EntryRefusal, () => DomainError>> = {
  closed: conflict('REFERRAL_PROGRAM_CLOSED', 'The referral program takes no codes at present.'),
  entered: conflict(
    'INVITER_CODE_ENTERED',
    'You have entered the code of an inviter already; it cannot be changed.',
  ),
  late: conflict(
    'INVITER_CODE_TOO_LATE',
    `The code of an inviter can be entered within ${ENTRY_DAYS} days of signing up.`,
  ),
  worked: conflict(
    'INVITER_CODE_AFTER_WORK',
    'The code of an inviter can be entered only before the first confirmed work.',
  ),
  unknown: field('INVITER_CODE_UNKNOWN', 'is nobody’s code'),
  own: field('INVITER_CODE_OWN', 'is your own: it is for those whom you invite'),
  younger: field('INVITER_SIGNED_UP_LATER', 'is that of somebody who signed up later than you'),
  inactive: field('INVITER_NOT_ACTIVE', 'is that of a partner who does not work with the program at present'),
  same_person: field(
    'INVITER_SAME_PERSON',
    'is that of a partner with the same e-mail address, phone number or payment account as yours',
  ),
};

/** Why an inviter's code was not taken (rules §8). */
export function entryRefused(refusal: EntryRefusal): DomainError {
  return REFUSALS[refusal]();
}

/** 422: a bonus that was withdrawn is taken back below zero only where an operator confirms that (rule 1.4). */
export function bonusSpent({ inviterId }: Pick<Referral, 'inviterId'>, partnerIds: string[]): DomainError {
  const whose = partnerIds.map((id) => (id === inviterId ? 'the inviter' : 'the invited partner'));
  const message = `the available balance of ${whose.join(' and that of ')} would go below zero; send overdraw: true if it shall`;
  const errors = [{ path: 'overdraw', message }];
  return new DomainError('WOULD_OVERDRAW', 'invalid', `overdraw: ${message}`, { errors, partnerIds });
}

/** 409: nothing can be revoked any more. */
export const referralSettled = conflict('REFERRAL_SETTLED', 'This referral has come to its end already.');
