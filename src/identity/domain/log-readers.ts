import type { Permission } from './permissions.js';

const ANYBODY = 'partner:impersonation-log:read';
const TEAM = 'partner:team:read';
const WALLET = 'partner:wallet:read';

/**
 * The permission that it takes to read of an operator's change in the partner's log, by the first word of its action.
 * For what is not in here it takes all of them.
 */
const READERS: Readonly<Record<string, Permission>> = {
  ad: ANYBODY,
  add_on_request: ANYBODY,
  ad_package_request: ANYBODY,
  ad_request: ANYBODY,
  balance_correction: WALLET,
  bill: 'partner:bills:read',
  brand_suggestion: ANYBODY,
  broadcast: ANYBODY,
  broadcast_request: ANYBODY,
  campaign_post: ANYBODY,
  cashout: WALLET,
  commission_plan: ANYBODY,
  document: 'partner:documents:read',
  impersonation: ANYBODY,
  medium: ANYBODY,
  order: ANYBODY,
  partner: ANYBODY,
  partnership_request: ANYBODY,
  payout_line: WALLET,
  publication: ANYBODY,
  referral: ANYBODY,
  report_favourite: ANYBODY,
  report_request: ANYBODY,
  social_account: ANYBODY,
  ticket: ANYBODY,
  ticket_attachment: ANYBODY,
  user: TEAM,
  wallet: WALLET,
  webhook: ANYBODY,
};

/** What operators keep with a partner for themselves: no partner reads of it. */
export const KEPT_FROM_PARTNERS = ['partner.mark', 'partner.note'];

/** Names of what operators say about somebody of the partner's team: the person is told, and the team is not. */
export const WORDS_ABOUT_PEOPLE = ['blockedReason', 'reason'];

/**
 * First words of the actions that are open to whoever holds the permissions.
 * @returns null when every action is, known or not
 */
export function readableActions(permissions: ReadonlySet<Permission>): string[] | null {
  const words = Object.keys(READERS);
  const open = words.filter((word) => permissions.has(READERS[word]!));
  return open.length === words.length ? null : open;
}
