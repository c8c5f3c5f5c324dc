import { Injectable } from '@nestjs/common';
import { type DataSource, type EntityManager, In } from 'typeorm';
import { type Actor, AuditLog } from '../identity/index.js';
import { Partners } from '../partner-management/index.js';
import { Clock, Ids, invalidField, notFound, StoredFiles, type Tx } from '../platform/index.js';
import { Brands } from './brands.service.js';
import { givenOf } from './domain/given-of.js';
import { tagsOf } from './domain/media-terms.js';
import { Medium, mediumKey, type Privacy } from './media.entity.js';

type Db = EntityManager | DataSource;

/** What operators say of any medium. */
export interface MediumTerms {
  language?: string | null;
  tags?: string[];
  privacy?: Privacy;
  /** Whom a private medium is for. */
  partnerIds?: string[];
}

export type NewMedium = Pick<Medium, 'brandId' | 'title' | 'kind'> &
  Partial<Pick<Medium, 'url' | 'text' | 'format' | 'width' | 'height'>> &
  MediumTerms;

/** An image whose content is in the store already, under {@link mediumKey}. */
export type UploadedImage = Pick<
  Medium,
  'id' | 'brandId' | 'title' | 'format' | 'sizeBytes' | 'width' | 'height'
> &
  MediumTerms;

export type MediumChange = Partial<Pick<Medium, 'title' | 'active'>> & MediumTerms;

/** A medium with the partners that a private one is for. */
export interface SharedMedium {
  medium: Medium;
  partnerIds: string[];
}

/** The brands' banners and other creatives (A04). */
@Injectable()
export class Media {
  constructor(
    private readonly brands: Brands,
    private readonly partners: Partners,
    private readonly storedFiles: StoredFiles,
    private readonly clock: Clock,
    private readonly ids: Ids,
    private readonly audit: AuditLog,
  ) {}

  /** @throws DomainError NOT_FOUND */
  async get(db: Db, mediumId: string): Promise<Medium> {
    const medium = await db.getRepository(Medium).findOneBy({ id: mediumId });
    if (!medium) throw notFound('medium');
    return medium;
  }

  /** Those of the media that there are, by id. */
  async findAll(db: Db, mediumIds: readonly string[]): Promise<ReadonlyMap<string, Medium>> {
    const media = await db.getRepository(Medium).findBy({ id: In([...mediumIds]) });
    return new Map(media.map((medium) => [medium.id, medium]));
  }

  /** The medium, or null when there is none or it is private to others. */
  async findFor(db: Db, partnerId: string, mediumId: string): Promise<Medium | null> {
    const medium = await db.getRepository(Medium).findOneBy({ id: mediumId });
    if (!medium || medium.privacy === 'public') return medium;
    const named = await this.partnersOf(db, [mediumId]);
    return named.get(mediumId)?.includes(partnerId) ? medium : null;
  }

  /** The medium as that partner may see it. @throws DomainError NOT_FOUND, also for one that is private to others */
  async getFor(db: Db, partnerId: string, mediumId: string): Promise<Medium> {
    const medium = await this.findFor(db, partnerId, mediumId);
    if (!medium) throw notFound('medium');
    return medium;
  }

  /** Whom each private medium is for, by the medium's id. */
  async partnersOf(db: Db, mediumIds: readonly string[]): Promise<ReadonlyMap<string, string[]>> {
    const rows = await db.query<{ id: string; partnerIds: string[] }[]>(
      `SELECT media_id AS id, array_agg(partner_id ORDER BY partner_id) AS "partnerIds"
         FROM media_partners WHERE media_id = ANY ($1) GROUP BY media_id`,
      [mediumIds],
    );
    return new Map(rows.map(({ id, partnerIds }) => [id, partnerIds]));
  }

  /**
   * Adds a medium that lies elsewhere, or a text, to a brand.
   * @throws DomainError NOT_FOUND for the brand, VALIDATION_FAILED (422)
   */
  async create(tx: Tx, actor: Actor, input: NewMedium): Promise<SharedMedium> {
    const { kind, url = null, text = null } = input;
    if (kind === 'text' && (text === null || url !== null)) {
      throw invalidField(text === null ? 'text' : 'url', 'a text link has a text, and no address of its own');
    }
    if (kind !== 'text' && (url === null || text !== null)) {
      throw invalidField(
        url === null ? 'url' : 'text',
        'only a text link has a text; others have an address',
      );
    }
    return this.add(tx, actor, { ...input, id: this.ids.next(), url, text, sizeBytes: null });
  }

  /**
   * Adds an uploaded image to a brand and keeps its content.
   * @throws DomainError NOT_FOUND for the brand, VALIDATION_FAILED (422)
   */
  async addImage(tx: Tx, actor: Actor, image: UploadedImage): Promise<SharedMedium> {
    const added = await this.add(tx, actor, { ...image, kind: 'image', url: null, text: null });
    await this.storedFiles.keep(tx, mediumKey(image.id));
    return added;
  }

  /**
   * Changes a medium; only the given fields. Promos that show it go on, whatever is changed.
   * @throws DomainError NOT_FOUND, VALIDATION_FAILED (422)
   */
  async change(tx: Tx, actor: Actor, mediumId: string, change: MediumChange): Promise<SharedMedium> {
    const { partnerIds: named, tags, ...fields } = change;
    const repository = tx.getRepository(Medium);
    const before = await repository.findOne({ where: { id: mediumId }, lock: { mode: 'pessimistic_write' } });
    if (!before) throw notFound('medium');
    const partnersBefore = (await this.partnersOf(tx, [mediumId])).get(mediumId) ?? [];
    const after = await repository.save({
      ...before,
      ...givenOf(fields),
      ...(tags && { tags: tagsOf(tags) }),
    });
    const kept = after.privacy === 'private' ? partnersBefore : [];
    const partnerIds = await this.share(tx, after, named ?? kept);
    await this.audit.recordNamed(
      tx,
      actor,
      { action: 'medium.change', subject: { type: 'medium', id: mediumId }, before, after },
      { before: openTo(before, partnersBefore), after: openTo(after, partnerIds) },
    );
    return { medium: after, partnerIds };
  }

  private async add(
    tx: Tx,
    actor: Actor,
    input: NewMedium & Pick<Medium, 'id' | 'url' | 'text' | 'sizeBytes'>,
  ): Promise<SharedMedium> {
    const { id, brandId, title, kind, url, text, sizeBytes } = input;
    await this.brands.get(tx, brandId);
    const medium: Medium = {
      id,
      brandId,
      title,
      kind,
      url,
      text,
      sizeBytes,
      format: input.format ?? null,
      width: input.width ?? null,
      height: input.height ?? null,
      language: input.language ?? null,
      tags: tagsOf(input.tags ?? []),
      privacy: input.privacy ?? 'public',
      active: true,
      createdAt: this.clock.now(),
    };
    await tx.getRepository(Medium).insert(medium);
    const partnerIds = await this.share(tx, medium, input.partnerIds ?? []);
    await this.audit.recordNamed(
      tx,
      actor,
      { action: 'medium.create', subject: { type: 'medium', id }, before: null, after: medium },
      { before: [], after: openTo(medium, partnerIds) },
    );
    return { medium, partnerIds };
  }

  /** Names the partners that the medium is for, in the place of those named before. */
  private async share(tx: Tx, { id, privacy }: Medium, given: readonly string[]): Promise<string[]> {
    const partnerIds = [...new Set(given)].sort();
    if (privacy === 'public' && partnerIds.length > 0) {
      throw invalidField('partnerIds', 'a public medium is for every partner; only a private one names some');
    }
    const known = await this.partners.names(tx, partnerIds);
    const unknown = partnerIds.find((partnerId) => !known.has(partnerId));
    if (unknown) throw invalidField('partnerIds', `there is no partner ${unknown}`);
    await tx.query('DELETE FROM media_partners WHERE media_id = $1 AND partner_id <> ALL ($2)', [
      id,
      partnerIds,
    ]);
    await tx.query(
      `INSERT INTO media_partners (media_id, partner_id) SELECT $1, unnest($2::uuid[]) ON CONFLICT DO NOTHING`,
      [id, partnerIds],
    );
    return partnerIds;
  }
}

/** Whom the medium is open to; null when to everybody. */
function openTo({ privacy }: Medium, partnerIds: readonly string[]): readonly string[] | null {
  return privacy === 'public' ? null : partnerIds;
}
