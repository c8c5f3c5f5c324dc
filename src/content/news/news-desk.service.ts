import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager, LessThan } from 'typeorm';
import { givenOf } from '../../brands/index.js';
import { type Actor, AuditLog } from '../../identity/index.js';
import {
  Clock,
  idOfCursor,
  Ids,
  invalidField,
  notFound,
  type Page,
  StoredFiles,
  toPage,
  type Tx,
} from '../../platform/index.js';
import { newsStateConflict } from '../content.errors.js';
import { newsStateAfter } from '../domain/news-state.js';
import { htmlOf } from '../markdown.js';
import { imagesOf, newsImageKey } from './news-image-rows.js';
import type { CreateNewsDto, OperatorNewsDto, OperatorNewsQuery, UpdateNewsDto } from './news.dto.js';
import { News } from './news.entity.js';

/** News as operators write it (A21). */
@Injectable()
export class NewsDesk {
  constructor(
    private readonly dataSource: DataSource,
    private readonly storedFiles: StoredFiles,
    private readonly auditLog: AuditLog,
    private readonly ids: Ids,
    private readonly clock: Clock,
  ) {}

  /** A page of news, newest first. */
  async list({ state, limit, cursor }: OperatorNewsQuery): Promise<Page<OperatorNewsDto>> {
    const rows = await this.dataSource.getRepository(News).find({
      where: {
        ...(state !== undefined && { state }),
        ...(cursor !== undefined && { id: LessThan(idOfCursor(cursor)) }),
      },
      order: { id: 'DESC' },
      take: limit + 1,
    });
    const page = toPage(rows, limit, ({ id }) => [id]);
    return { ...page, items: await show(this.dataSource, page.items) };
  }

  /** @throws DomainError NOT_FOUND */
  async get(id: string): Promise<OperatorNewsDto> {
    const news = await this.dataSource.getRepository(News).findOneBy({ id });
    if (!news) throw notFound('news');
    return showOne(this.dataSource, news);
  }

  /** Adds a draft. @throws DomainError VALIDATION_FAILED (422) for packages and brands that there are not */
  async create(tx: Tx, actor: Actor, input: CreateNewsDto): Promise<OperatorNewsDto> {
    const now = this.clock.now();
    const news: News = {
      id: this.ids.next(),
      state: 'draft',
      title: input.title,
      summary: input.summary ?? null,
      body: input.body,
      publishAt: null,
      partnerKinds: input.partnerKinds ?? [],
      packageIds: input.packageIds ?? [],
      brandIds: input.brandIds ?? [],
      countries: input.countries ?? [],
      language: input.language ?? null,
      createdAt: now,
      updatedAt: now,
    };
    await assertKnown(tx, news);
    await tx.getRepository(News).insert(news);
    await this.record(tx, actor, 'create', null, news);
    return showOne(tx, news);
  }

  /** Changes news, published or not; only the given fields. @throws DomainError NOT_FOUND, VALIDATION_FAILED (422) */
  async change(tx: Tx, actor: Actor, id: string, change: UpdateNewsDto): Promise<OperatorNewsDto> {
    const before = await lockNews(tx, id);
    const after = { ...before, ...givenOf(change), updatedAt: this.clock.now() };
    await assertKnown(tx, after);
    return this.save(tx, actor, 'change', before, after);
  }

  /**
   * Shows news to partners; again for another time.
   * @param publishAt when; null for now
   * @throws DomainError NOT_FOUND
   */
  async publish(tx: Tx, actor: Actor, id: string, publishAt: Date | null): Promise<OperatorNewsDto> {
    const before = await lockNews(tx, id);
    const after = { ...before, state: 'published' as const, publishAt: publishAt ?? this.clock.now() };
    if (newsStateAfter('publish', before.state) === null) throw newsStateConflict(before.state, 'published');
    return this.save(tx, actor, 'publish', before, { ...after, updatedAt: this.clock.now() });
  }

  /** Takes news away from partners. @throws DomainError NOT_FOUND, NEWS_STATE_CONFLICT (409) */
  async archive(tx: Tx, actor: Actor, id: string): Promise<OperatorNewsDto> {
    const before = await lockNews(tx, id);
    if (newsStateAfter('archive', before.state) === null) throw newsStateConflict(before.state, 'archived');
    return this.save(tx, actor, 'archive', before, {
      ...before,
      state: 'archived',
      updatedAt: this.clock.now(),
    });
  }

  /** Deletes a draft with its images. @throws DomainError NOT_FOUND, NEWS_STATE_CONFLICT (409) */
  async delete(tx: Tx, actor: Actor, id: string): Promise<void> {
    const news = await lockNews(tx, id);
    if (newsStateAfter('delete', news.state) === null) throw newsStateConflict(news.state, 'deleted');
    const [images] = await tx.query<[{ id: string }[], number]>(
      'DELETE FROM news_images WHERE news_id = $1 RETURNING id',
      [id],
    );
    for (const image of images) await this.storedFiles.discard(tx, newsImageKey(image.id));
    await tx.getRepository(News).delete({ id });
    await this.record(tx, actor, 'delete', news, null);
  }

  private async save(
    tx: Tx,
    actor: Actor,
    action: string,
    before: News,
    after: News,
  ): Promise<OperatorNewsDto> {
    await tx.getRepository(News).save(after);
    await this.record(tx, actor, action, before, after);
    return showOne(tx, after);
  }

  private async record(
    tx: Tx,
    actor: Actor,
    action: string,
    before: News | null,
    after: News | null,
  ): Promise<void> {
    const subject = { type: 'news', id: (after ?? before)!.id };
    await this.auditLog.record(tx, actor, { action: `news.${action}`, subject, before, after });
  }
}

/** The news, locked until the transaction ends. @throws DomainError NOT_FOUND */
export async function lockNews(tx: Tx, id: string): Promise<News> {
  const news = await tx.getRepository(News).findOne({ where: { id }, lock: { mode: 'pessimistic_write' } });
  if (!news) throw notFound('news');
  return news;
}

async function assertKnown(tx: Tx, { packageIds, brandIds }: News): Promise<void> {
  await assertAll(tx, 'packages', 'packageIds', packageIds);
  await assertAll(tx, 'brands', 'brandIds', brandIds);
}

async function assertAll(tx: Tx, table: string, field: string, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return;
  const missing = await tx.query<{ id: string }[]>(
    `SELECT id FROM unnest($1::uuid[]) AS given (id) WHERE NOT EXISTS (SELECT FROM ${table} t WHERE t.id = given.id)`,
    [ids],
  );
  if (missing.length > 0) throw invalidField(field, `must be ids of ${table}; ${missing[0]!.id} is none`);
}

async function show(db: EntityManager | DataSource, news: readonly News[]): Promise<OperatorNewsDto[]> {
  const images = await imagesOf(db, news.map(({ id }) => id), 'operator'); // prettier-ignore
  return news.map((one) => ({ ...one, bodyHtml: htmlOf(one.body), images: images.get(one.id) ?? [] }));
}

async function showOne(db: EntityManager | DataSource, news: News): Promise<OperatorNewsDto> {
  return (await show(db, [news]))[0]!;
}
