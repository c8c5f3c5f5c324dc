/** What a document may be. */
export const DOCUMENT_MEDIA_TYPES = ['application/pdf', 'image/png', 'image/jpeg'] as const;

export type DocumentMediaType = (typeof DOCUMENT_MEDIA_TYPES)[number];
