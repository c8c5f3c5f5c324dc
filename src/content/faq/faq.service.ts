import { Injectable } from '@nestjs/common';
import { isUUID } from 'class-validator';
import { DataSource } from 'typeorm';
import { givenOf } from '../../brands/index.js';
import { type Actor, AuditLog } from '../../identity/index.js';
import { Clock, Ids, notFound, type Page, partsOfCursor, toPage, type Tx } from '../../platform/index.js';
import { FaqEntry } from './faq-entry.entity.js';
import type { CreateFaqEntryDto, FaqQuery, UpdateFaqEntryDto } from './faq.dto.js';

const isTopic = (part: string): boolean => /^[a-z0-9-]{1,50}$/.test(part);
const isPosition = (part: string): boolean => /^\d{1,5}$/.test(part);

/** Questions that partners ask, with their answers, by topic (T11, T12). */
@Injectable()
export class Faq {
  constructor(
    private readonly dataSource: DataSource,
    private readonly auditLog: AuditLog,
    private readonly ids: Ids,
    private readonly clock: Clock,
  ) {}

  /** A page of entries, by topic and position. @param published only those that partners see */
  async list({ topic, limit, cursor }: FaqQuery, published: boolean): Promise<Page<FaqEntry>> {
    const query = this.dataSource.getRepository(FaqEntry).createQueryBuilder('entry');
    if (published) query.andWhere('entry.published');
    if (topic !== undefined) query.andWhere('entry.topic = :topic', { topic });
    if (cursor !== undefined) {
      const [of, at, id] = partsOfCursor(cursor, [isTopic, isPosition, isUUID]);
      query.andWhere('(entry.topic, entry.position, entry.id) > (:of, :at::int, :id::uuid)', { of, at, id });
    }
    const rows = await query
      .orderBy({ 'entry.topic': 'ASC', 'entry.position': 'ASC', 'entry.id': 'ASC' })
      .limit(limit + 1)
      .getMany();
    return toPage(rows, limit, (entry) => [entry.topic, String(entry.position), entry.id]);
  }

  /** @throws DomainError NOT_FOUND */
  async get(id: string): Promise<FaqEntry> {
    const entry = await this.dataSource.getRepository(FaqEntry).findOneBy({ id });
    if (!entry) throw notFound('question');
    return entry;
  }

  /** Adds a question with its answer. */
  async create(tx: Tx, actor: Actor, input: CreateFaqEntryDto): Promise<FaqEntry> {
    const now = this.clock.now();
    const { topic, question, answer, position = 0, published = true } = input;
    const entry: FaqEntry = {
      ...{ id: this.ids.next(), topic, question, answer, position, published },
      createdAt: now,
      updatedAt: now,
    };
    await tx.getRepository(FaqEntry).insert(entry);
    await this.record(tx, actor, 'create', null, entry);
    return entry;
  }

  /** Changes an entry; only the given fields. @throws DomainError NOT_FOUND */
  async change(tx: Tx, actor: Actor, id: string, change: UpdateFaqEntryDto): Promise<FaqEntry> {
    const before = await lockEntry(tx, id);
    const after = { ...before, ...givenOf(change), updatedAt: this.clock.now() };
    await tx.getRepository(FaqEntry).save(after);
    await this.record(tx, actor, 'change', before, after);
    return after;
  }

  /** @throws DomainError NOT_FOUND */
  async delete(tx: Tx, actor: Actor, id: string): Promise<void> {
    const entry = await lockEntry(tx, id);
    await tx.getRepository(FaqEntry).delete({ id });
    await this.record(tx, actor, 'delete', entry, null);
  }

  private async record(
    tx: Tx,
    actor: Actor,
    action: string,
    before: FaqEntry | null,
    after: FaqEntry | null,
  ): Promise<void> {
    const subject = { type: 'faq_entry', id: (after ?? before)!.id };
    await this.auditLog.record(tx, actor, { action: `faq_entry.${action}`, subject, before, after });
  }
}

async function lockEntry(tx: Tx, id: string): Promise<FaqEntry> {
  const entry = await tx
    .getRepository(FaqEntry)
    .findOne({ where: { id }, lock: { mode: 'pessimistic_write' } });
  if (!entry) throw notFound('question');
  return entry;
}
