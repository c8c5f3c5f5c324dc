import { describe, ended, inWords } from './event-description.js';

const OFFER = { offerId: 'id', offer: 'text' } as const;
const OFFER_REASON = { ...OFFER, reason: 'text' } as const;

/** What happens to what a creator publishes for an offer. */
export const PUBLICATION_EVENTS = {
  publication_started: describe('Publication started', 'publication', OFFER, ({ offer }) => {
    return `You take part in the offer “${offer}”.`;
  }),
  publication_platform_approved: describe('Platform approved', 'publication', OFFER, ({ offer }) => {
    return `The brand approved your platform for the offer “${offer}”.`;
  }),
  publication_content_submitted: describe('Content handed in', 'publication', OFFER, ({ offer }) => {
    return `Content for the offer “${offer}” was handed in.`;
  }),
  publication_content_approved: describe('Content approved', 'publication', OFFER, ({ offer }) => {
    return `The brand approved your content for the offer “${offer}”: it can be published.`;
  }),
  publication_content_declined: describe(
    'Content declined',
    'publication',
    OFFER_REASON,
    ({ offer, reason }) => ended(`The brand declined your content for the offer “${offer}”`, reason),
  ),
  publication_evidence_submitted: describe('Publication handed in', 'publication', OFFER, ({ offer }) => {
    return `What was published for the offer “${offer}” was handed in.`;
  }),
  publication_confirmed: describe(
    'Publication confirmed',
    'publication',
    { ...OFFER, amount: 'money' },
    ({ offer, amount }) =>
      /^0(\.0+)?$/.test(amount.amount)
        ? `Your publication for the offer “${offer}” was confirmed.`
        : `Your publication for the offer “${offer}” was confirmed: ${inWords(amount)} is in your available balance.`,
  ),
  publication_rejected: describe('Publication rejected', 'publication', OFFER_REASON, ({ offer, reason }) =>
    ended(`The brand rejected your work for the offer “${offer}”`, reason),
  ),
  publication_overdue: describe('Publication overdue', 'publication', OFFER, ({ offer }) => {
    return `The deadline at the offer “${offer}” has passed; the collaboration is over.`;
  }),
  publication_reversed: describe(
    'Publication reversed',
    'publication',
    { ...OFFER_REASON, amount: 'money' },
    ({ offer, amount, reason }) =>
      ended(
        `Your publication for the offer “${offer}” proved false; ${inWords(amount)} was taken back`,
        reason,
      ),
  ),
};
