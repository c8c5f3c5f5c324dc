import type { RequestKind } from './request-life.js';

/** What is asked for: to a partner that works with the program, a partnership with a package is a change of package. */
export type Requested = RequestKind | 'package_change';

/** What people call each request, and what it is for. */
const WORDS: Readonly<Record<Requested, { request: string; thing: string }>> = {
  partnership: { request: 'partnership request', thing: 'partnership with the package' },
  package_change: { request: 'request for another package', thing: 'change to the package' },
  add_on: { request: 'add-on request', thing: 'add-on' },
  broadcast: { request: 'broadcast request', thing: 'broadcast' },
  ad_package: { request: 'advertising package request', thing: 'advertising package' },
  ad: { request: 'ad request', thing: 'ad' },
};

/** Name of a request, as in `There is no such add-on request`. */
export function requestName(kind: RequestKind): string {
  return WORDS[kind].request;
}

/** What is mailed of a decision; its text follows a greeting. */
export interface DecisionMail {
  subject: string;
  text: string;
}

/** The mail about an approved request. @param signInUrl where the partner goes on */
export function approvalMail(requested: Requested, title: string, signInUrl: string): DecisionMail {
  const { request, thing } = WORDS[requested];
  return {
    subject:
      requested === 'partnership' ? 'Welcome: your partnership is approved' : `Your ${request} is approved`,
    text: `your ${thing} "${title}" is approved. Sign in: ${signInUrl}`,
  };
}

/** The mail about a rejected request. @param description why, in the operator's words */
export function rejectionMail(requested: Requested, title: string, description: string): DecisionMail {
  const { request } = WORDS[requested];
  // A partner who signs up knows of one request only.
  const which = requested === 'partnership' ? '' : ` "${title}"`;
  return {
    subject: `Your ${request} was declined`,
    text: `we cannot accept your ${request}${which}:\n\n${description}`,
  };
}

/** The mail about a request that nobody decided in time. */
export function expiryMail(kind: RequestKind, title: string): DecisionMail {
  const { request } = WORDS[kind];
  return {
    subject: `Your ${request} has expired`,
    text: `your ${request} "${title}" was not decided in time and has expired. You can ask again.`,
  };
}
