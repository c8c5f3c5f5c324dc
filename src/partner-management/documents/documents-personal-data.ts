import { Injectable } from '@nestjs/common';
import type { Attachment } from '../../identity/index.js';
import { FileStore, readRows, StoredFiles, type Tx } from '../../platform/index.js';
import type { DocumentMediaType } from '../domain/document-media-type.js';
import { contentKey } from './document-rows.js';

const DOCUMENTS = `
  SELECT id, type, label, file_name AS "fileName", media_type AS "mediaType", size_bytes::int AS "sizeBytes", state,
         decline_reason AS "declineReason", uploaded_at AS "uploadedAt", decided_at AS "decidedAt"
    FROM documents WHERE partner_id = $1 ORDER BY id`;

const ENDINGS: Readonly<Record<DocumentMediaType, string>> = {
  'application/pdf': 'pdf',
  'image/png': 'png',
  'image/jpeg': 'jpg',
};

interface DocumentRow {
  id: string;
  mediaType: DocumentMediaType;
}

/** What copies and erasures do with documents (B12). */
@Injectable()
export class DocumentsPersonalData {
  constructor(
    private readonly store: FileStore,
    private readonly storedFiles: StoredFiles,
  ) {}

  /** The partner's documents; `path` is where the copy has the content. */
  async *list(tx: Tx, partnerId: string): AsyncGenerator<object> {
    for await (const row of readRows<DocumentRow>(tx, DOCUMENTS, [partnerId]))
      yield { ...row, path: pathOf(row) };
  }

  /** Their contents, under names of ours: those of the partner may not be names of files. */
  async *contents(tx: Tx, partnerId: string): AsyncGenerator<Attachment> {
    for await (const row of readRows<DocumentRow>(tx, DOCUMENTS, [partnerId])) {
      yield { path: pathOf(row), open: () => this.store.open(contentKey({ partnerId, id: row.id })) };
    }
  }

  /** Deletes all, the approved ones too; the contents go with the next sweep of the store. */
  async erase(tx: Tx, partnerId: string): Promise<void> {
    const [deleted] = await tx.query<[{ id: string }[], number]>(
      'DELETE FROM documents WHERE partner_id = $1 RETURNING id',
      [partnerId],
    );
    for (const { id } of deleted) await this.storedFiles.discard(tx, contentKey({ partnerId, id }));
  }
}

function pathOf({ id, mediaType }: DocumentRow): string {
  return `documents/${id}.${ENDINGS[mediaType]}`;
}
