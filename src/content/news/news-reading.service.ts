import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { PartnerActor } from '../../identity/index.js';
import { Clock, notFound, timeAndIdOfCursor, toPage, type Tx } from '../../platform/index.js';
import { htmlOf } from '../markdown.js';
import { NEWS_OF_PARTNER } from './news-audience.js';
import { imagesOf } from './news-image-rows.js';
import type { NewsDto, NewsHeadlineDto, NewsPage, NewsQuery } from './news.dto.js';

type Reader = Pick<PartnerActor, 'partnerId' | 'userId'>;
type NewsRow = Omit<NewsDto, 'bodyHtml' | 'images'>;

/** `$3` is the reader's user. */
const READ = `EXISTS (SELECT FROM news_reads r WHERE r.news_id = n.id AND r.user_id = $3)`;
const SELECT = `
  SELECT n.id, n.title, n.summary, n.body, n.publish_at AS "publishAt", n.language, ${READ} AS read ${NEWS_OF_PARTNER}`;

/** News as partners read it: published, its time come, and meant for them (A21). */
@Injectable()
export class NewsReading {
  constructor(
    private readonly dataSource: DataSource,
    private readonly clock: Clock,
  ) {}

  /** A page of news for the reader, newest first. */
  async list(reader: Reader, { language, limit, cursor }: NewsQuery): Promise<NewsPage> {
    const [publishedBefore, idBefore] = timeAndIdOfCursor(cursor);
    const rows = await this.dataSource.query<NewsRow[]>(
      `${SELECT} AND ($4::text IS NULL OR n.language IS NULL OR lower(n.language) = lower($4))
         AND ($5::timestamptz IS NULL OR (n.publish_at, n.id) < ($5, $6::uuid))
       ORDER BY n.publish_at DESC, n.id DESC LIMIT $7`,
      [...this.parametersOf(reader), language ?? null, publishedBefore, idBefore, limit + 1],
    );
    const page = toPage(rows, limit, ({ publishAt, id }) => [publishAt.toISOString(), id]);
    return {
      nextCursor: page.nextCursor,
      items: await this.headlines(page.items),
      unreadCount: await this.countUnread(reader),
    };
  }

  /** Whole news. @throws DomainError NOT_FOUND, also for what is not meant for the reader */
  async get(reader: Reader, id: string): Promise<NewsDto> {
    const row = await this.find(reader, id);
    const [headline] = await this.headlines([row]);
    return { ...headline!, body: row.body, bodyHtml: htmlOf(row.body) };
  }

  /** Refuses what the reader does not see. @throws DomainError NOT_FOUND */
  async assertSeen(reader: Reader, id: string): Promise<void> {
    await this.find(reader, id);
  }

  /** Notes that the reader has read it. @throws DomainError NOT_FOUND */
  async markRead(tx: Tx, reader: Reader, id: string): Promise<void> {
    await this.assertSeen(reader, id);
    await tx.query(
      'INSERT INTO news_reads (user_id, news_id, read_at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING',
      [reader.userId, id, this.clock.now()],
    );
  }

  /** How many of the reader's news it has not read. */
  async countUnread(reader: Reader): Promise<number> {
    const [{ count }] = await this.dataSource.query<[{ count: number }]>(
      `SELECT count(*)::int AS count ${NEWS_OF_PARTNER} AND NOT ${READ}`,
      this.parametersOf(reader),
    );
    return count;
  }

  private async find(reader: Reader, id: string): Promise<NewsRow> {
    const [row] = await this.dataSource.query<NewsRow[]>(`${SELECT} AND n.id = $4`, [
      ...this.parametersOf(reader),
      id,
    ]);
    if (!row) throw notFound('news');
    return row;
  }

  private parametersOf({ partnerId, userId }: Reader): [string, Date, string] {
    return [partnerId, this.clock.now(), userId];
  }

  private async headlines(rows: readonly NewsRow[]): Promise<NewsHeadlineDto[]> {
    const images = await imagesOf(this.dataSource, rows.map(({ id }) => id), 'partner'); // prettier-ignore
    return rows.map(({ body: _body, ...row }) => ({ ...row, images: images.get(row.id) ?? [] }));
  }
}
