import { Injectable, type OnModuleInit } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { PartnerActor } from '../../identity/index.js';
import {
  Clock,
  Conditions,
  Config,
  idOfCursor,
  Ids,
  type Page,
  toPage,
  type Tx,
} from '../../platform/index.js';
import { Channels } from '../channels/channels.service.js';
import { Entitlements } from '../packages/entitlements.service.js';
import { BROADCASTS, BROADCASTS_OF_ALL, type Db, getBroadcast, requireMove } from './broadcast-rows.js';
import type {
  BroadcastDto,
  BroadcastsQuery,
  ChangeBroadcastDto,
  CreateBroadcastDto,
  OperatorBroadcastDto,
  OperatorBroadcastsQuery,
} from './broadcasts.dto.js';
import { broadcastStateConflict, unfitBroadcast } from './broadcasts.errors.js';
import { templateFault } from './domain/broadcast-template.js';
import { engagementFaults } from './domain/engagement-type.js';

/** What a draft says. */
type Draft = Omit<Required<CreateBroadcastDto>, 'startAt'> & { startAt: string | Date | null };

const EMPTY = { question: null, options: [], linkUrl: null, linkLabel: null, countries: [], languages: [] };

/** Partners' broadcasts: lists, and drafts until they are submitted (O04). */
@Injectable()
export class Broadcasts implements OnModuleInit {
  constructor(
    private readonly dataSource: DataSource,
    private readonly channels: Channels,
    private readonly entitlements: Entitlements,
    private readonly ids: Ids,
    private readonly clock: Clock,
    private readonly config: Config,
  ) {}

  onModuleInit(): void {
    this.entitlements.countedBy('broadcastsPerMonth', (db, partnerId) => this.countThisMonth(db, partnerId));
  }

  /** A page of the partner's broadcasts, newest first. */
  async listOf(partnerId: string, query: BroadcastsQuery): Promise<Page<BroadcastDto>> {
    return this.page<BroadcastDto>(BROADCASTS, { ...query, partnerId });
  }

  /** A page of all partners' broadcasts that were submitted, newest first. */
  async list(query: OperatorBroadcastsQuery): Promise<Page<OperatorBroadcastDto>> {
    return this.page<OperatorBroadcastDto>(BROADCASTS_OF_ALL, query, `b.state <> 'draft'`);
  }

  /** @throws DomainError NOT_FOUND, also for another partner's */
  get(db: Db, partnerId: string, id: string): Promise<BroadcastDto> {
    return getBroadcast(db, partnerId, id);
  }

  /** Makes a draft. @throws DomainError VALIDATION_FAILED (422) for the channel, or for what does not fit the type */
  async create(tx: Tx, actor: PartnerActor, given: CreateBroadcastDto): Promise<BroadcastDto> {
    const draft = { ...EMPTY, startAt: null, ...named(given) } as Draft;
    await this.check(tx, actor.partnerId, draft);
    const id = this.ids.next();
    await tx.query(
      `INSERT INTO broadcasts (id, partner_id, state, created_by, created_at, updated_at, channel_id, title,
                               engagement_type, subject, body, question, options, link_url, link_label, audience,
                               countries, languages, starts_at)
       VALUES ($1, $2, 'draft', $3, $4, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)`,
      [id, actor.partnerId, actor.userId, this.clock.now(), ...columnsOf(draft)],
    );
    return getBroadcast(tx, actor.partnerId, id);
  }

  /**
   * Changes a draft by what is given.
   * @throws DomainError NOT_FOUND, BROADCAST_STATE_CONFLICT (409) once it was submitted, VALIDATION_FAILED (422)
   */
  async change(tx: Tx, actor: PartnerActor, id: string, given: ChangeBroadcastDto): Promise<BroadcastDto> {
    const { partnerId } = actor;
    await getBroadcast(tx, partnerId, id);
    await requireMove(tx, id, 'change', { at: this.clock.now() });
    const draft: Draft = { ...(await getBroadcast(tx, partnerId, id)), ...named(given) };
    await this.check(tx, partnerId, draft);
    await tx.query(
      `UPDATE broadcasts
          SET channel_id = $2, title = $3, engagement_type = $4, subject = $5, body = $6, question = $7, options = $8,
              link_url = $9, link_label = $10, audience = $11, countries = $12, languages = $13, starts_at = $14
        WHERE id = $1`,
      [id, ...columnsOf(draft)],
    );
    return getBroadcast(tx, partnerId, id);
  }

  /** Deletes a draft. @throws DomainError NOT_FOUND, BROADCAST_STATE_CONFLICT (409) once it was submitted */
  async remove(tx: Tx, partnerId: string, id: string): Promise<void> {
    const [, count] = await tx.query<[unknown[], number]>(
      `DELETE FROM broadcasts WHERE id = $1 AND partner_id = $2 AND state = 'draft'`,
      [id, partnerId],
    );
    if (count > 0) return;
    throw broadcastStateConflict('change', (await getBroadcast(tx, partnerId, id)).state);
  }

  /** What a draft must be: of a channel of one's own, with templates that can be filled, and what its type needs. */
  private async check(tx: Tx, partnerId: string, draft: Draft): Promise<void> {
    const faults = engagementFaults(draft.engagementType, draft);
    for (const path of ['subject', 'body'] as const) {
      const message = templateFault(draft[path]);
      if (message !== null) faults.push({ path, message });
    }
    if (faults.length > 0) throw unfitBroadcast(faults);
    await this.channels.get(tx, partnerId, draft.channelId).catch(() => {
      throw unfitBroadcast([{ path: 'channelId', message: 'must be a channel of yours' }]);
    });
  }

  /** Those that were submitted in this month of the program, unless they came to nothing. */
  private async countThisMonth(db: Db, partnerId: string): Promise<number> {
    const [{ count }] = await db.query<[{ count: number }]>(
      `SELECT count(*)::int AS count FROM broadcasts
        WHERE partner_id = $1 AND submitted_at >= date_trunc('month', $2::timestamptz, $3)
          AND state NOT IN ('draft', 'rejected', 'expired') AND (state <> 'cancelled' OR started_at IS NOT NULL)`,
      [partnerId, this.clock.now(), this.config.timeZone],
    );
    return count;
  }

  private async page<Row extends { id: string }>(
    select: string,
    { state, partnerId, channelId, limit, cursor }: OperatorBroadcastsQuery,
    only = 'true',
  ): Promise<Page<Row>> {
    const conditions = new Conditions();
    conditions.add('b.partner_id = ?', partnerId);
    conditions.add('b.channel_id = ?', channelId);
    conditions.add('b.state = ?', state === 'all' ? null : state);
    conditions.add('b.id < ?', idOfCursor(cursor));
    const rows = await this.dataSource.query<Row[]>(
      `${select} WHERE ${conditions.sql} AND ${only} ORDER BY b.id DESC LIMIT ${limit + 1}`,
      conditions.parameters,
    );
    return toPage(rows, limit, ({ id }) => [id]);
  }
}

/** The fields that a request names: those that it leaves out are there, undefined. */
function named<T extends object>(given: T): Partial<T> {
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) as Partial<T>;
}

function columnsOf(draft: Draft): unknown[] {
  return [
    draft.channelId,
    draft.title,
    draft.engagementType,
    draft.subject,
    draft.body,
    draft.question,
    draft.options,
    draft.linkUrl,
    draft.linkLabel,
    draft.audience,
    draft.countries,
    draft.languages,
    draft.startAt && new Date(draft.startAt),
  ];
}
