import { describe } from './event-description.js';

const TERMS = { kind: 'text', version: 'text' } as const;

const DOCUMENTS: Readonly<Record<string, string>> = {
  terms: 'the terms',
  privacy: 'the privacy policy',
  brand_terms: 'the terms of a brand',
};

/** Terms that were accepted. */
export const SUPPORT_EVENTS = {
  terms_accepted: describe('Terms accepted', 'terms_version', TERMS, ({ kind, version }) => {
    return `Version ${version} of ${DOCUMENTS[kind ?? ''] ?? 'the terms'} was accepted.`;
  }),
};
