import { Injectable } from '@nestjs/common';
import type { DataSource, EntityManager } from 'typeorm';
import { Clock, idOfCursor, Ids, type Page, toPage, type Tx } from '../platform/index.js';
import type { Mover } from './publication-book.js';
import { PublicationNews } from './publication-news.service.js';
import { getPublication, type Scope } from './publication-rows.js';

type Db = EntityManager | DataSource;

/** What one side says to the other. */
export interface PublicationComment {
  id: string;
  side: 'partner' | 'brand';
  text: string;
  createdAt: Date;
}

/** What creators and brands say to each other about a publication (T05). */
@Injectable()
export class PublicationComments {
  constructor(
    private readonly news: PublicationNews,
    private readonly ids: Ids,
    private readonly clock: Clock,
  ) {}

  /** Comments of the publication, oldest first. @throws DomainError NOT_FOUND */
  async list(
    db: Db,
    scope: Scope,
    publicationId: string,
    { limit, cursor }: { limit: number; cursor?: string },
  ): Promise<Page<PublicationComment>> {
    await getPublication(db, scope, publicationId);
    const rows = await db.query<PublicationComment[]>(
      `SELECT id, side, text, created_at AS "createdAt" FROM publication_comments
        WHERE publication_id = $1 AND ($2::uuid IS NULL OR id > $2) ORDER BY id LIMIT $3`,
      [publicationId, idOfCursor(cursor), limit + 1],
    );
    return toPage(rows, limit, ({ id }) => [id]);
  }

  /** Adds a comment, which is mailed to the other side. @throws DomainError NOT_FOUND, also for another's */
  async add(
    tx: Tx,
    mover: Mover & { side: 'partner' | 'brand' },
    publicationId: string,
    text: string,
  ): Promise<PublicationComment> {
    const { side, actor } = mover;
    const scope = side === 'partner' ? { partnerId: actor.partnerId } : { brandId: actor.brandId };
    const publication = await getPublication(tx, scope, publicationId);
    const comment = { id: this.ids.next(), side, text, createdAt: this.clock.now() };
    await tx.query(
      `INSERT INTO publication_comments (id, publication_id, partner_id, side, author_id, text, created_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7)`,
      [comment.id, publicationId, publication.partnerId, side, actor.userId, text, comment.createdAt],
    );
    await this.news.tellComment(tx, mover, publication, text);
    return comment;
  }
}
