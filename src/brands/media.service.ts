import { Injectable } from '@nestjs/common';
import { type DataSource, type EntityManager, MoreThan } from 'typeorm';
import { type Actor, AuditLog } from '../identity/index.js';
import { Clock, idOfCursor, Ids, type Page, toPage, type Tx } from '../platform/index.js';
import { Brands } from './brands.service.js';
import { Medium } from './media.entity.js';

export type NewMedium = Pick<Medium, 'brandId' | 'title' | 'kind' | 'url'> &
  Partial<Pick<Medium, 'width' | 'height' | 'language'>>;

export interface MediaFilter {
  brandId?: string;
  /** Only media that may be chosen for new promos: those of active brands. */
  offered?: boolean;
  limit: number;
  cursor?: string;
}

/** The brands' banners and other creatives. */
@Injectable()
export class Media {
  constructor(
    private readonly brands: Brands,
    private readonly clock: Clock,
    private readonly ids: Ids,
    private readonly audit: AuditLog,
  ) {}

  /** The medium, or null. */
  async find(db: EntityManager | DataSource, mediumId: string): Promise<Medium | null> {
    return db.getRepository(Medium).findOneBy({ id: mediumId });
  }

  /** Media in the order they were made. */
  async list(db: EntityManager | DataSource, filter: MediaFilter): Promise<Page<Medium>> {
    const { brandId, offered, limit, cursor } = filter;
    const query = db.getRepository(Medium).createQueryBuilder('medium').orderBy('medium.id', 'ASC');
    if (brandId !== undefined) query.andWhere({ brandId });
    if (cursor !== undefined) query.andWhere({ id: MoreThan(idOfCursor(cursor)) });
    if (offered) {
      query.andWhere(
        `EXISTS (SELECT FROM brands WHERE brands.id = medium.brand_id AND brands.state = 'active')`,
      );
    }
    const rows = await query.limit(limit + 1).getMany();
    return toPage(rows, limit, ({ id }) => [id]);
  }

  /**
   * Adds a medium to a brand.
   * @throws DomainError NOT_FOUND for the brand
   */
  async create(tx: Tx, actor: Actor, input: NewMedium): Promise<Medium> {
    await this.brands.get(tx, input.brandId);
    const medium: Medium = {
      id: this.ids.next(),
      brandId: input.brandId,
      title: input.title,
      kind: input.kind,
      url: input.url,
      width: input.width ?? null,
      height: input.height ?? null,
      language: input.language ?? null,
      createdAt: this.clock.now(),
    };
    await tx.getRepository(Medium).insert(medium);
    await this.audit.record(tx, actor, {
      action: 'medium.create',
      subject: { type: 'medium', id: medium.id },
      before: null,
      after: { ...medium },
    });
    return medium;
  }
}
