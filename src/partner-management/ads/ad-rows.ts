import type { DataSource, EntityManager } from 'typeorm';
import { notFound } from '../../platform/index.js';
import type { AdCreativeDto, AdDto, OperatorAdDto, ShownCreativeDto } from './ads.dto.js';
import type { AdFields, AdFileIds } from './domain/ad-formats.js';

/** An ad as the database tells it. */
export interface AdRow extends Omit<OperatorAdDto, 'creative'>, Record<keyof AdFileIds, string | null> {
  fields: AdFields;
  width: number | null;
  height: number | null;
}

/** Ads with their partner, to be followed by conditions on `a` and `p`. */
export const SELECT_ADS = `
  SELECT a.id, a.name, a.format, a.state, a.revision, a.click_url AS "clickUrl", a.fields, a.image_id AS "imageId",
         a.icon_id AS "iconId", a.video_id AS "videoId", image.width, image.height, a.reason,
         a.created_at AS "createdAt", a.updated_at AS "updatedAt", a.partner_id AS "partnerId",
         p.name AS "partnerName"
    FROM ads a
    JOIN partners p ON p.id = a.partner_id
    LEFT JOIN ad_files image ON image.id = a.image_id`;

/**
 * The ad, of that partner unless null.
 * @throws DomainError NOT_FOUND
 */
export async function getAdRow(
  db: EntityManager | DataSource,
  partnerId: string | null,
  id: string,
): Promise<AdRow> {
  const [row] = await db.query<AdRow[]>(
    `${SELECT_ADS} WHERE a.id = $1 AND ($2::uuid IS NULL OR a.partner_id = $2)`,
    [id, partnerId],
  );
  if (!row) throw notFound('ad');
  return row;
}

/** Where whoever looks at an ad fetches one of its files. */
export type FileAddress = (fileId: string) => string;

/** What viewers see of the ad. */
export function shownCreative(
  { fields, imageId, iconId, videoId, width, height }: AdRow,
  address: FileAddress,
): ShownCreativeDto {
  return {
    imageUrl: imageId && address(imageId),
    iconUrl: iconId && address(iconId),
    videoUrl: videoId ? address(videoId) : (fields.videoUrl ?? null),
    width,
    height,
    durationSeconds: fields.durationSeconds ?? null,
    skipAfterSeconds: fields.skipAfterSeconds ?? null,
    closeAfterSeconds: fields.closeAfterSeconds ?? null,
    title: fields.title ?? null,
    text: fields.text ?? null,
    callToAction: fields.callToAction ?? null,
  };
}

/** The ad as operators see it. */
export function toOperatorAdDto(row: AdRow, address: FileAddress): OperatorAdDto {
  const { partnerId, partnerName } = row;
  return { ...toAdDto(row, address), partnerId, partnerName };
}

/** The ad as its partner sees it. */
export function toAdDto(row: AdRow, address: FileAddress): AdDto {
  const { id, name, format, state, revision, clickUrl, reason, createdAt, updatedAt } = row;
  const { imageId, iconId, videoId } = row;
  const creative: AdCreativeDto = { ...shownCreative(row, address), imageId, iconId, videoId };
  return { id, name, format, state, revision, clickUrl, creative, reason, createdAt, updatedAt };
}
