import { describe } from './event-description.js';

const TERMS = { kind: 'text', version: 'text' } as const;
/** What stands in the subjects of the ticket's mails. */
const TICKET = { reference: 'text' } as const;

const DOCUMENTS: Readonly<Record<string, string>> = {
  terms: 'the terms',
  privacy: 'the privacy policy',
  brand_terms: 'the terms of a brand',
};

/** Terms that were accepted, and what became of tickets. */
export const SUPPORT_EVENTS = {
  terms_accepted: describe('Terms accepted', 'terms_version', TERMS, ({ kind, version }) => {
    return `Version ${version} of ${DOCUMENTS[kind ?? ''] ?? 'the terms'} was accepted.`;
  }),
  ticket_opened: describe('Ticket opened', 'ticket', TICKET, ({ reference }) => {
    return `Ticket ${reference} was opened.`;
  }),
  ticket_answered: describe('Ticket answered', 'ticket', TICKET, ({ reference }) => {
    return `The program answered ticket ${reference}.`;
  }),
  ticket_closed: describe('Ticket closed', 'ticket', TICKET, ({ reference }) => {
    return `Ticket ${reference} was closed.`;
  }),
  ticket_reopened: describe('Ticket reopened', 'ticket', TICKET, ({ reference }) => {
    return `Ticket ${reference} was opened again.`;
  }),
};
