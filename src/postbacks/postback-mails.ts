import { MAX_FAILURES } from './domain/failure-streak.js';

/** What the mails say about a postback. */
export interface FailingPostback {
  id: string;
  url: string;
  action: string;
  failures: number;
  since: Date | null;
}

interface MailText {
  subject: string;
  text: string;
}

/** The mail at half of the way to being disabled. */
export function warningMail(postback: FailingPostback): MailText {
  return {
    subject: 'Your postback is failing',
    text:
      `${describe(postback)}\n\nWe keep trying. It is disabled after ${MAX_FAILURES} failures in a row or after ` +
      `five days without a success. The postback log shows every attempt with the answer that we got.`,
  };
}

/** The mail about a postback that was disabled. */
export function disabledMail(postback: FailingPostback, reason: 'gone' | 'failing'): MailText {
  const why =
    reason === 'gone'
      ? 'Your server answered 410 Gone, which means that it wants no more postbacks.'
      : 'It kept failing.';
  return {
    subject: 'Your postback was disabled',
    text:
      `${describe(postback)}\n\n${why} Nothing more is sent to it. When your server is ready again, set the ` +
      `postback's state to active; single postbacks can be sent again from the log.`,
  };
}

function describe({ id, url, action, failures, since }: FailingPostback): string {
  const lasting = since ? `, since ${since.toISOString()}` : '';
  return `Postback ${id} for ${action}\n${url}\nFailures in a row: ${failures}${lasting}.`;
}
