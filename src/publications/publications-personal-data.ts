import { Injectable, type OnModuleInit } from '@nestjs/common';
import { type Attachment, type ErasureObstacle, type HeldTable, PersonalData } from '../identity/index.js';
import { FileStore, Money, readRows, StoredFiles, type Tx } from '../platform/index.js';
import { contentKey } from './files/publication-files.service.js';

const TABLES: readonly HeldTable[] = [
  { table: 'publications', file: 'publications', onErasure: 'anonymised' },
  { table: 'publication_submissions', file: 'publication-submissions', onErasure: 'anonymised' },
  { table: 'publication_files', file: 'publication-files', onErasure: 'deleted' },
  { table: 'publication_comments', file: 'publication-comments', onErasure: 'anonymised' },
  {
    table: 'publication_history',
    file: 'publication-history',
    onErasure: 'kept',
    keptBecause:
      'shows how a reward came to be paid; it names people by their ids, and reasons that brands gave are not shown any more',
  },
];

const PUBLICATIONS = `
  SELECT p.id, p.offer_id AS "offerId", o.title AS offer, p.brand_id AS "brandId", p.platform, p.step,
         p.deadline_at AS "deadlineAt", p.reward_minor AS "rewardMinor", p.currency,
         p.rejection_reason AS "rejectionReason", p.created_at AS "createdAt", p.reversed_at AS "reversedAt",
         p.reversal_reason AS "reversalReason"
    FROM publications p JOIN offers o ON o.id = p.offer_id WHERE p.partner_id = $1 ORDER BY p.id`;

const SUBMISSIONS = `
  SELECT id, publication_id AS "publicationId", kind, version, note, links, submitted_at AS "submittedAt", decision,
         reason, decided_at AS "decidedAt"
    FROM publication_submissions WHERE partner_id = $1 ORDER BY id`;

const FILES = `
  SELECT id, publication_id AS "publicationId", file_name AS "fileName", media_type AS "mediaType",
         size_bytes::int AS "sizeBytes", uploaded_at AS "uploadedAt"
    FROM publication_files WHERE partner_id = $1 ORDER BY id`;

const COMMENTS = `
  SELECT id, publication_id AS "publicationId", side, text, created_at AS "createdAt"
    FROM publication_comments WHERE partner_id = $1 ORDER BY id`;

const HISTORY = `
  SELECT publication_id AS "publicationId", action, from_step AS "from", to_step AS "to", side, reason,
         occurred_at AS "occurredAt"
    FROM publication_history WHERE partner_id = $1 ORDER BY id`;

interface FileRow {
  id: string;
  publicationId: string;
  mediaType: string;
}

/** What creators published, and what was said about it (B12). */
@Injectable()
export class PublicationsPersonalData implements OnModuleInit {
  constructor(
    private readonly personalData: PersonalData,
    private readonly store: FileStore,
    private readonly storedFiles: StoredFiles,
  ) {}

  onModuleInit(): void {
    this.personalData.register({
      room: 'publications',
      tables: TABLES,
      files: {
        publications: (tx, partnerId) => publications(tx, partnerId),
        'publication-submissions': (tx, partnerId) => readRows(tx, SUBMISSIONS, [partnerId]),
        'publication-files': (tx, partnerId) => files(tx, partnerId),
        'publication-comments': (tx, partnerId) => readRows(tx, COMMENTS, [partnerId]),
        'publication-history': (tx, partnerId) => readRows(tx, HISTORY, [partnerId]),
      },
      attachments: (tx, partnerId) => this.contents(tx, partnerId),
      obstacles,
      erase: (tx, partnerId) => this.erase(tx, partnerId),
    });
  }

  private async *contents(tx: Tx, partnerId: string): AsyncGenerator<Attachment> {
    for await (const row of readRows<FileRow>(tx, FILES, [partnerId])) {
      yield { path: pathOf(row), open: () => this.store.open(contentKey(row.publicationId, row.id)) };
    }
  }

  /** What brands said may name somebody, so it goes as well. */
  private async erase(tx: Tx, partnerId: string): Promise<'done'> {
    const [deleted] = await tx.query<[FileRow[], number]>(
      'DELETE FROM publication_files WHERE partner_id = $1 RETURNING id, publication_id AS "publicationId"',
      [partnerId],
    );
    for (const { id, publicationId } of deleted) {
      await this.storedFiles.discard(tx, contentKey(publicationId, id));
    }
    await tx.query(
      `UPDATE publication_submissions
          SET note = NULL, links = ARRAY[]::text[], reason = CASE WHEN reason IS NOT NULL THEN 'Erased' END
        WHERE partner_id = $1`,
      [partnerId],
    );
    await tx.query(`UPDATE publication_comments SET text = 'Erased' WHERE partner_id = $1`, [partnerId]);
    await tx.query(
      `UPDATE publications
          SET rejection_reason = CASE WHEN rejection_reason IS NOT NULL THEN 'Erased' END,
              reversal_reason = CASE WHEN reversal_reason IS NOT NULL THEN 'Erased' END
        WHERE partner_id = $1`,
      [partnerId],
    );
    // What waits for its review is not confirmed by time any more, as nobody can be paid: the brand may still reject it.
    await tx.query(
      `UPDATE publications SET confirm_at = NULL WHERE partner_id = $1 AND step = 'review_of_publication'`,
      [partnerId],
    );
    return 'done';
  }
}

/** What brands have not decided on would be paid into a wallet that nobody can open any more. */
async function obstacles(tx: Tx, partnerId: string): Promise<ErasureObstacle[]> {
  const [{ open }] = await tx.query<[{ open: number }]>(
    `SELECT count(*)::int AS open FROM publications WHERE partner_id = $1 AND step = 'review_of_publication'`,
    [partnerId],
  );
  if (open === 0) return [];
  const message =
    open === 1 ? 'A publication waits for its review.' : `${open} publications wait for their review.`;
  return [{ code: 'PUBLICATIONS_IN_REVIEW', message, waivable: true }];
}

async function* publications(tx: Tx, partnerId: string): AsyncGenerator<object> {
  type Row = { rewardMinor: string | null; currency: string };
  for await (const { rewardMinor, currency, ...row } of readRows<Row>(tx, PUBLICATIONS, [partnerId])) {
    yield {
      ...row,
      reward: rewardMinor === null ? null : Money.of(BigInt(rewardMinor), currency).toJSON(),
    };
  }
}

/** `path` is where the copy has the content. */
async function* files(tx: Tx, partnerId: string): AsyncGenerator<object> {
  for await (const row of readRows<FileRow>(tx, FILES, [partnerId])) yield { ...row, path: pathOf(row) };
}

/** Under names of ours: those of the partner may not be names of files. */
function pathOf({ id, mediaType }: FileRow): string {
  return `publications/${id}.${mediaType.split('/')[1]}`;
}
