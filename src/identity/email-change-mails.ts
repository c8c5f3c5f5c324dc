import { greeted } from './domain/greeting.js';

interface Mail {
  to: string;
  subject: string;
  text: string;
}

/** Addresses of a change, of which the old one is confirmed: who asks for it has signed in. */
export interface EmailChangeLetter {
  name: string;
  oldEmail: string;
  newEmail: string;
}

/** To the new address: only who reads it can confirm it. It may be a stranger's, so it holds no text of the asker's. */
export function newAddressMail({ oldEmail, newEmail }: EmailChangeLetter, confirmLink: string): Mail {
  return {
    to: newEmail,
    subject: 'Confirm your new e-mail',
    text:
      `Hello,\n\nwhoever signs in as ${oldEmail} wants to do so with this address from now on. Confirm it here: ${confirmLink}\n\n` +
      'The link works once, for 24 hours; the address that is used now must confirm as well. ' +
      'If it was not you, do nothing.',
  };
}

/** To the present address: who reads it confirms, or finds out and cancels. */
export function oldAddressMail(
  { name, oldEmail, newEmail }: EmailChangeLetter,
  confirmLink: string,
  cancelLink: string,
): Mail {
  return {
    to: oldEmail,
    subject: 'Your e-mail is about to change',
    text: greeted(
      { name, emailConfirmed: true },
      `somebody who knows your password wants to change the e-mail of your account to ${newEmail}. ` +
        `If it was you, confirm it here: ${confirmLink}\n\nIf it was not you, cancel it: ${cancelLink}\n` +
        'and set a new password.\n\nThe links work once, for 24 hours; the new address must confirm as well.',
    ),
  };
}

/** To both addresses, when the change is done. */
export function emailChangedMails({ name, oldEmail, newEmail }: EmailChangeLetter): Mail[] {
  const text = greeted(
    { name, emailConfirmed: true },
    `the e-mail of your account was changed from ${oldEmail} to ${newEmail}. ` +
      'All other sessions were ended. If it was not you, write to us.',
  );
  return [oldEmail, newEmail].map((to) => ({ to, subject: 'Your e-mail was changed', text }));
}

/** To the address that stays. */
export function emailChangeCancelledMail({ name, oldEmail, newEmail }: EmailChangeLetter): Mail {
  return {
    to: oldEmail,
    subject: 'The change of your e-mail was cancelled',
    text: greeted(
      { name, emailConfirmed: true },
      `the e-mail of your account stays as it is; it will not be changed to ${newEmail}. ` +
        'If you did not ask for the change, somebody knows your password: set a new one.',
    ),
  };
}
