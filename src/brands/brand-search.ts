import { isUUID } from 'class-validator';
import { type DataSource, type EntityManager, type FindOptionsWhere, ILike, In } from 'typeorm';
import { type CursorCheck, type Page, partsOfCursor, toPage } from '../platform/index.js';
import { Brand, type BrandState } from './brand.entity.js';

/** Orders of the catalogue: oldest first, by name, best rating first. */
export const BRAND_SORTS = ['createdAt', 'name', '-rating'] as const;
export type BrandSort = (typeof BRAND_SORTS)[number];

/** Which brands; what is left out lets all through. */
export interface BrandConditions {
  /** Part of the name, in any case. */
  name?: string;
  state?: BrandState;
  category?: string;
  country?: string;
  /** No others than these. */
  ids?: readonly string[];
}

export interface CatalogueFilter extends Omit<BrandConditions, 'state'> {
  sort: BrandSort;
  limit: number;
  cursor?: string;
}

const isName: CursorCheck = (part) => part.length <= 200 && !part.includes('\0');
const isRating: CursorCheck = (part) => /^(-1|[0-5](\.5)?)$/.test(part);

/** Those not yet rated stand below all others. */
const RATING = 'coalesce(brand.rating, -1)';
const AFTER_NAME = '(lower(brand.name), brand.id) > (lower(:name), CAST(:id AS uuid))';

const SORTS: Readonly<
  Record<
    BrandSort,
    {
      order: readonly (readonly [string, 'ASC' | 'DESC'])[];
      /** The rows behind the cursor, whose parts have the names of `checks`. */
      after: string;
      checks: Readonly<Record<string, CursorCheck>>;
      keyOf: (brand: Brand) => string[];
    }
  >
> = {
  createdAt: {
    order: [['brand.id', 'ASC']],
    after: 'brand.id > CAST(:id AS uuid)',
    checks: { id: isUUID },
    keyOf: ({ id }) => [id],
  },
  name: {
    order: [['lower(brand.name)', 'ASC'], ['brand.id', 'ASC']], // prettier-ignore
    after: AFTER_NAME,
    checks: { name: isName, id: isUUID },
    keyOf: ({ name, id }) => [name, id],
  },
  '-rating': {
    order: [[RATING, 'DESC'], ['lower(brand.name)', 'ASC'], ['brand.id', 'ASC']], // prettier-ignore
    after: `(${RATING} < CAST(:rating AS numeric) OR ${RATING} = CAST(:rating AS numeric) AND ${AFTER_NAME})`,
    checks: { rating: isRating, name: isName, id: isUUID },
    keyOf: ({ rating, name, id }) => [String(rating ?? -1), name, id],
  },
};

/** A page of the active brands. @throws DomainError INVALID_CURSOR (400), also for the cursor of another order */
export async function searchCatalogue(
  db: EntityManager | DataSource,
  { sort, limit, cursor, ...conditions }: CatalogueFilter,
): Promise<Page<Brand>> {
  const { order, after, checks, keyOf } = SORTS[sort];
  const query = db
    .getRepository(Brand)
    .createQueryBuilder('brand')
    .where(conditionsOf({ ...conditions, state: 'active' }));
  for (const [by, direction] of order) query.addOrderBy(by, direction);
  if (cursor !== undefined) {
    const parts = partsOfCursor(cursor, Object.values(checks));
    query.andWhere(after, Object.fromEntries(Object.keys(checks).map((name, at) => [name, parts[at]])));
  }
  return toPage(await query.limit(limit + 1).getMany(), limit, keyOf);
}

/** What the repository is asked for. */
export function conditionsOf({
  name,
  state,
  category,
  country,
  ids,
}: BrandConditions): FindOptionsWhere<Brand> {
  return {
    ...(name !== undefined && { name: ILike(`%${name.replaceAll(/[\\%_]/g, '\\$&')}%`) }),
    ...(state !== undefined && { state }),
    ...(category !== undefined && { category }),
    ...(country !== undefined && { country }),
    ...(ids !== undefined && { id: In(ids) }),
  };
}
