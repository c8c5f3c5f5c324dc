import { Injectable } from '@nestjs/common';
import type { DataSource, EntityManager } from 'typeorm';
import type { PartnerActor } from '../identity/index.js';
import { Clock, Ids, invalidField, type Tx } from '../platform/index.js';
import { PublicationMoves } from './publication-moves.service.js';

type Db = EntityManager | DataSource;

/** What a creator hands in. */
export interface HandedIn {
  note?: string | null;
  links?: string[];
  /** Files that were uploaded to the publication and not handed in yet. */
  fileIds?: string[];
}

export type SubmissionKind = 'content' | 'evidence';

/** A version of the content, or what shows that it was published. */
export interface Submission {
  id: string;
  kind: SubmissionKind;
  /** From 1 on, of its kind. */
  version: number;
  note: string | null;
  links: string[];
  files: { id: string; fileName: string; mediaType: string; sizeBytes: number }[];
  submittedAt: Date;
  decision: 'approved' | 'declined' | null;
  reason: string | null;
  decidedAt: Date | null;
}

/** What creators hand in for review: every version is kept (T05). */
@Injectable()
export class Submissions {
  constructor(
    private readonly moves: PublicationMoves,
    private readonly ids: Ids,
    private readonly clock: Clock,
  ) {}

  /**
   * Hands content in before it is published: a link or a file at least.
   * @throws DomainError VALIDATION_FAILED (422), and what {@link PublicationMoves.move} throws
   */
  async submitContent(tx: Tx, actor: PartnerActor, publicationId: string, handed: HandedIn): Promise<void> {
    if (!handed.links?.length && !handed.fileIds?.length) {
      throw invalidField('links', 'give a link to the content, or files of it');
    }
    await this.moves.move(tx, { side: 'partner', actor }, publicationId, 'submit_content');
    await this.keep(tx, actor, publicationId, 'content', handed);
  }

  /**
   * Hands in what shows that it was published: a link and a screenshot at least.
   * @throws DomainError VALIDATION_FAILED (422), and what {@link PublicationMoves.move} throws
   */
  async submitEvidence(tx: Tx, actor: PartnerActor, publicationId: string, handed: HandedIn): Promise<void> {
    if (!handed.links?.length) throw invalidField('links', 'give a link to the publication');
    if (!handed.fileIds?.length) throw invalidField('fileIds', 'upload a screenshot and give its id');
    await this.moves.move(tx, { side: 'partner', actor }, publicationId, 'submit_evidence');
    await this.keep(tx, actor, publicationId, 'evidence', handed);
  }

  /** Writes down what the brand thinks of what it was shown last. @param reason of a decline */
  async decide(
    tx: Tx,
    publicationId: string,
    kind: SubmissionKind,
    { decision, reason }: { decision: 'approved' | 'declined'; reason: string | null },
  ): Promise<void> {
    await tx.query(
      `UPDATE publication_submissions SET decision = $3, reason = $4, decided_at = $5
        WHERE publication_id = $1 AND kind = $2 AND decision IS NULL`,
      [publicationId, kind, decision, reason, this.clock.now()],
    );
  }

  /** All that was handed in for the publication, in the order of time. */
  async listOf(db: Db, publicationId: string): Promise<Submission[]> {
    return db.query<Submission[]>(
      `SELECT s.id, s.kind, s.version, s.note, s.links, s.submitted_at AS "submittedAt", s.decision, s.reason,
              s.decided_at AS "decidedAt",
              coalesce((SELECT jsonb_agg(jsonb_build_object('id', f.id, 'fileName', f.file_name, 'mediaType',
                                         f.media_type, 'sizeBytes', f.size_bytes) ORDER BY f.id)
                          FROM publication_files f
                         WHERE f.publication_id = s.publication_id AND f.submission_id = s.id), '[]') AS files
         FROM publication_submissions s WHERE s.publication_id = $1 ORDER BY s.id`,
      [publicationId],
    );
  }

  /** The publication was moved just now, so that nobody else adds a version. */
  private async keep(
    tx: Tx,
    { partnerId, userId }: PartnerActor,
    publicationId: string,
    kind: SubmissionKind,
    { note, links = [], fileIds = [] }: HandedIn,
  ): Promise<void> {
    const id = this.ids.next();
    await tx.query(
      `INSERT INTO publication_submissions (id, publication_id, partner_id, kind, version, note, links, submitted_by,
                                            submitted_at)
       SELECT $1, $2, $3, $4, 1 + count(*), $5, $6, $7, $8
         FROM publication_submissions WHERE publication_id = $2 AND kind = $4`,
      [id, publicationId, partnerId, kind, note ?? null, links, userId, this.clock.now()],
    );
    const [, found] = await tx.query<[unknown[], number]>(
      `UPDATE publication_files SET submission_id = $1
        WHERE id = ANY ($2) AND publication_id = $3 AND submission_id IS NULL`,
      [id, fileIds, publicationId],
    );
    if (found !== fileIds.length) {
      throw invalidField('fileIds', 'must be files of this publication that were not handed in before');
    }
  }
}
