import { Injectable } from '@nestjs/common';
import { type DataSource, type EntityManager, In, MoreThan } from 'typeorm';
import { type Actor, AuditLog } from '../identity/index.js';
import { Clock, idOfCursor, Ids, notFound, Outbox, type Page, toPage, type Tx } from '../platform/index.js';
import { type BrandConditions, type CatalogueFilter, conditionsOf, searchCatalogue } from './brand-search.js';
import { Brand } from './brand.entity.js';
import { slugTaken } from './brands.errors.js';
import { REDIRECT_TARGETS_CHANGED, type RedirectTargetsChanged } from './brands.events.js';
import { normalHostPattern } from './domain/deep-link.js';
import { givenOf } from './domain/given-of.js';
import { slugOf } from './domain/slug.js';

export interface NewBrand {
  name: string;
  slug?: string;
  currency: string;
  category?: string | null;
  country?: string | null;
  website?: string | null;
  tagParameter?: string;
  allowedHosts?: string[];
  rating?: number | null;
}

export type BrandChange = Partial<
  Pick<
    Brand,
    'name' | 'state' | 'category' | 'country' | 'website' | 'tagParameter' | 'allowedHosts' | 'rating'
  >
>;

export interface BrandFilter extends BrandConditions {
  limit: number;
  cursor?: string;
}

/** The catalogue of brands. */
@Injectable()
export class Brands {
  constructor(
    private readonly clock: Clock,
    private readonly ids: Ids,
    private readonly outbox: Outbox,
    private readonly audit: AuditLog,
  ) {}

  /**
   * The brand.
   * @throws DomainError NOT_FOUND
   */
  async get(db: EntityManager | DataSource, brandId: string): Promise<Brand> {
    const brand = await db.getRepository(Brand).findOneBy({ id: brandId });
    if (!brand) throw notFound('brand');
    return brand;
  }

  /**
   * The brand that somebody names by its id or its slug.
   * @throws DomainError NOT_FOUND
   */
  async getByIdOrSlug(db: EntityManager | DataSource, idOrSlug: string): Promise<Brand> {
    const brand = await db
      .getRepository(Brand)
      .createQueryBuilder('brand')
      .where('brand.slug = :idOrSlug OR brand.id::text = lower(:idOrSlug)', { idOrSlug })
      .getOne();
    if (!brand) throw notFound('brand');
    return brand;
  }

  /** Those of the ids that exist, by id. */
  async byIds(db: EntityManager | DataSource, ids: readonly string[]): Promise<Map<string, Brand>> {
    const brands = await db.getRepository(Brand).findBy({ id: In(ids) });
    return new Map(brands.map((brand) => [brand.id, brand]));
  }

  /** Ids of the brands that the filter lets through, to filter what refers to brands; null when it says nothing. */
  async idsOf(db: EntityManager | DataSource, filter: BrandConditions): Promise<string[] | null> {
    const where = conditionsOf(filter);
    if (Object.keys(where).length === 0) return null;
    const brands = await db.getRepository(Brand).find({ select: { id: true }, where });
    return brands.map(({ id }) => id);
  }

  /** The active brands with the best rating; those that nobody has rated come last, and equals by name. */
  topRated(
    db: EntityManager | DataSource,
    count: number,
  ): Promise<Pick<Brand, 'id' | 'name' | 'category' | 'rating'>[]> {
    return db.getRepository(Brand).find({
      select: { id: true, name: true, category: true, rating: true },
      where: { state: 'active' },
      order: { rating: { direction: 'DESC', nulls: 'LAST' }, name: 'ASC', id: 'ASC' },
      take: count,
    });
  }

  /** What partners can choose, by name and website. */
  listed(db: EntityManager | DataSource): Promise<Pick<Brand, 'id' | 'name' | 'website'>[]> {
    return db
      .getRepository(Brand)
      .find({ select: { id: true, name: true, website: true }, where: { state: 'active' } });
  }

  /** Whether it is one of those that partners can choose. */
  isListed(db: EntityManager | DataSource, brandId: string): Promise<boolean> {
    return db.getRepository(Brand).existsBy({ id: brandId, state: 'active' });
  }

  /** Names by id, of those that exist. */
  async names(db: EntityManager | DataSource, ids: readonly string[]): Promise<Map<string, string>> {
    const brands = await db
      .getRepository(Brand)
      .find({ select: { id: true, name: true }, where: { id: In(ids) } });
    return new Map(brands.map(({ id, name }) => [id, name]));
  }

  /** A page of what partners can choose. @throws DomainError INVALID_CURSOR (400) */
  catalogue(db: EntityManager | DataSource, filter: CatalogueFilter): Promise<Page<Brand>> {
    return searchCatalogue(db, filter);
  }

  /** Brands in the order they were made. */
  async list(db: EntityManager | DataSource, filter: BrandFilter): Promise<Page<Brand>> {
    const { limit, cursor } = filter;
    const rows = await db.getRepository(Brand).find({
      where: {
        ...conditionsOf(filter),
        ...(cursor !== undefined && { id: MoreThan(idOfCursor(cursor)) }),
      },
      order: { id: 'ASC' },
      take: limit + 1,
    });
    return toPage(rows, limit, ({ id }) => [id]);
  }

  /**
   * Adds a brand to the catalogue.
   * @throws DomainError BRAND_SLUG_TAKEN
   */
  async create(tx: Tx, actor: Actor, input: NewBrand): Promise<Brand> {
    const brand: Brand = {
      id: this.ids.next(),
      name: input.name,
      slug: input.slug ?? slugOf(input.name),
      state: 'active',
      currency: input.currency,
      category: input.category ?? null,
      country: input.country ?? null,
      website: input.website ?? null,
      tagParameter: input.tagParameter ?? 'tag',
      allowedHosts: normalHosts(input.allowedHosts ?? []),
      rating: input.rating ?? null,
      createdAt: this.clock.now(),
    };
    const inserted = await tx
      .createQueryBuilder()
      .insert()
      .into(Brand)
      .values(brand)
      .orIgnore('("slug")')
      .returning('id')
      .execute();
    if ((inserted.raw as unknown[]).length === 0) throw slugTaken(brand.slug);
    await this.audit.record(tx, actor, {
      action: 'brand.create',
      subject: { type: 'brand', id: brand.id },
      before: null,
      after: { ...brand },
    });
    return brand;
  }

  /**
   * Changes a brand; only the given fields.
   * @throws DomainError NOT_FOUND
   */
  async change(tx: Tx, actor: Actor, brandId: string, change: BrandChange): Promise<Brand> {
    const repository = tx.getRepository(Brand);
    const before = await repository.findOne({ where: { id: brandId }, lock: { mode: 'pessimistic_write' } });
    if (!before) throw notFound('brand');
    const after = await repository.save({
      ...before,
      ...givenOf(change),
      allowedHosts: change.allowedHosts ? normalHosts(change.allowedHosts) : before.allowedHosts,
    });
    await this.audit.record(tx, actor, {
      action: 'brand.change',
      subject: { type: 'brand', id: brandId },
      before: { ...before },
      after: { ...after },
    });
    if (after.tagParameter !== before.tagParameter || !sameHosts(after, before)) {
      const event: RedirectTargetsChanged = { brandId, landingId: null };
      await this.outbox.publish(tx, REDIRECT_TARGETS_CHANGED, event);
    }
    return after;
  }
}

function normalHosts(patterns: readonly string[]): string[] {
  return [...new Set(patterns.map(normalHostPattern))];
}

function sameHosts(one: Brand, other: Brand): boolean {
  return one.allowedHosts.join() === other.allowedHosts.join();
}
