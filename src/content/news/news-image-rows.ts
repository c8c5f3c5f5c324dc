import type { DataSource, EntityManager } from 'typeorm';
import type { NewsImageDto } from './news.dto.js';

/** Whose routes an image is reached by. */
export type NewsReader = 'partner' | 'operator';

interface ImageRow extends Omit<NewsImageDto, 'path'> {
  newsId: string;
}

/** Images to be followed by conditions on `i`. */
const SELECT = `
  SELECT i.id, i.news_id AS "newsId", i.alt, i.media_type AS "mediaType", i.size_bytes::int AS "sizeBytes"
    FROM news_images i`;

/** Images by the news that they belong to, in the order they were added. */
export async function imagesOf(
  db: EntityManager | DataSource,
  newsIds: readonly string[],
  reader: NewsReader,
): Promise<Map<string, NewsImageDto[]>> {
  const rows = await db.query<ImageRow[]>(`${SELECT} WHERE i.news_id = ANY ($1) ORDER BY i.id`, [newsIds]);
  const byNews = Map.groupBy(rows, ({ newsId }) => newsId);
  return new Map([...byNews].map(([id, images]) => [id, images.map((image) => toImage(image, reader))]));
}

/** One image of the news; null when there is none of that id. */
export async function findImage(
  db: EntityManager | DataSource,
  newsId: string,
  imageId: string,
): Promise<NewsImageDto | null> {
  const [row] = await db.query<ImageRow[]>(`${SELECT} WHERE i.news_id = $1 AND i.id = $2`, [newsId, imageId]);
  return row ? toImage(row, 'operator') : null;
}

/** Key of the image's content in the store of files. */
export function newsImageKey(imageId: string): string {
  return `news/${imageId}`;
}

function toImage({ newsId, ...image }: ImageRow, reader: NewsReader): NewsImageDto {
  return { ...image, path: `/api/v1/${reader}/news/${newsId}/images/${image.id}` };
}
