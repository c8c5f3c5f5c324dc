import type { DataSource, EntityManager } from 'typeorm';
import { MoreThan } from 'typeorm';
import { idOfCursor, type ImageFormat, type Page, toPage } from '../platform/index.js';
import { type Orientation, ORIENTATION_SQL } from './domain/orientation.js';
import { Medium, type MediaKind, type Privacy } from './media.entity.js';

export interface MediaFilter {
  brandId?: string;
  /** Part of the title, in any case. */
  title?: string;
  kind?: MediaKind;
  language?: string;
  format?: ImageFormat;
  privacy?: Privacy;
  /** Width and height in pixels: `300x250`. */
  resolution?: string;
  tag?: string;
  orientation?: Orientation;
  active?: boolean;
  /** Only media that this partner may choose for new promos: active ones of active brands, not private to others. */
  offeredTo?: string;
  limit: number;
  cursor?: string;
}

const OFFERED = `medium.active AND EXISTS (SELECT FROM brands WHERE brands.id = medium.brand_id AND brands.state = 'active')
  AND (medium.privacy = 'public' OR EXISTS (
    SELECT FROM media_partners named WHERE named.media_id = medium.id AND named.partner_id = :offeredTo))`;

/** Media in the order they were made. */
export async function searchMedia(
  db: EntityManager | DataSource,
  filter: MediaFilter,
): Promise<Page<Medium>> {
  const { title, language, resolution, tag, orientation, offeredTo, limit, cursor } = filter;
  const query = db.getRepository(Medium).createQueryBuilder('medium').orderBy('medium.id', 'ASC');
  for (const name of ['brandId', 'kind', 'format', 'privacy', 'active'] as const) {
    if (filter[name] !== undefined) query.andWhere({ [name]: filter[name] });
  }
  if (title !== undefined) {
    query.andWhere('medium.title ILIKE :title', { title: `%${title.replaceAll(/[\\%_]/g, '\\$&')}%` });
  }
  if (language !== undefined) query.andWhere('lower(medium.language) = lower(:language)', { language });
  if (resolution !== undefined) {
    const [width, height] = resolution.split('x').map(Number);
    query.andWhere({ width, height });
  }
  if (tag !== undefined)
    query.andWhere('medium.tags @> ARRAY[:tag]', { tag: tag.normalize('NFC').toLowerCase() });
  if (orientation !== undefined) query.andWhere(ORIENTATION_SQL[orientation]);
  if (offeredTo !== undefined) query.andWhere(OFFERED, { offeredTo });
  if (cursor !== undefined) query.andWhere({ id: MoreThan(idOfCursor(cursor)) });
  return toPage(await query.limit(limit + 1).getMany(), limit, ({ id }) => [id]);
}
