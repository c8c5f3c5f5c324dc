import type { DataSource, EntityManager } from 'typeorm';
import { contactOf } from '../../identity/index.js';
import { notFound } from '../../platform/index.js';
import type { OperatorDocumentDto } from './documents.dto.js';

/** Documents with their partner, to be followed by conditions on `d`. */
export const SELECT_DOCUMENTS = `
  SELECT d.id, d.type, d.label, d.file_name AS "fileName", d.media_type AS "mediaType",
         d.size_bytes::int AS "sizeBytes", d.state, d.decline_reason AS "declineReason",
         d.uploaded_at AS "uploadedAt", d.decided_at AS "decidedAt",
         d.partner_id AS "partnerId", p.name AS "partnerName", contact.email
    FROM documents d
    JOIN partners p ON p.id = d.partner_id
    LEFT JOIN LATERAL (${contactOf('p.id')}) contact ON true`;

/**
 * The document, of that partner unless null.
 * @throws DomainError NOT_FOUND
 */
export async function getDocument(
  db: EntityManager | DataSource,
  partnerId: string | null,
  id: string,
): Promise<OperatorDocumentDto> {
  const [document] = await db.query<OperatorDocumentDto[]>(
    `${SELECT_DOCUMENTS} WHERE d.id = $1 AND ($2::uuid IS NULL OR d.partner_id = $2)`,
    [id, partnerId],
  );
  if (!document) throw notFound('document');
  return document;
}

/** Key of the document's content in the store of files. */
export function contentKey({ partnerId, id }: { partnerId: string; id: string }): string {
  return `documents/${partnerId}/${id}`;
}
