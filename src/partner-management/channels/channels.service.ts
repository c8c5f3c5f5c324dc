import { Injectable, type OnModuleInit } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { EventLog, type PartnerActor } from '../../identity/index.js';
import {
  Clock,
  Ids,
  idOfCursor,
  notFound,
  type Page,
  sqlState,
  toPage,
  type Tx,
} from '../../platform/index.js';
import { Entitlements } from '../packages/entitlements.service.js';
import type {
  ChangeChannelDto,
  ChannelDto,
  ChannelsQuery,
  ChannelState,
  CreateChannelDto,
} from './channels.dto.js';
import { channelArchived, channelStateConflict, handleTaken, notAChannelPartner } from './channels.errors.js';

type Db = EntityManager | DataSource;

const UNIQUE_VIOLATION = '23505';

const SELECT = `
  SELECT c.id, c.name, c.handle, c.description, c.category, c.language, c.state, c.created_at AS "createdAt",
         (SELECT count(*)::int FROM channel_followers f WHERE f.channel_id = c.id) AS "followersCount"
    FROM channels c`;

/** Fields of a channel that its partner may change. */
const CHANGEABLE = ['name', 'handle', 'description', 'category', 'language'] as const;

/** The channels by which partners reach those who follow them (O04, O08). */
@Injectable()
export class Channels implements OnModuleInit {
  constructor(
    private readonly entitlements: Entitlements,
    private readonly eventLog: EventLog,
    private readonly ids: Ids,
    private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    this.entitlements.countedBy('channels', countActive);
  }

  /** A page of the partner's channels, newest first. */
  async list(db: Db, partnerId: string, { state, limit, cursor }: ChannelsQuery): Promise<Page<ChannelDto>> {
    const rows = await db.query<ChannelDto[]>(
      `${SELECT} WHERE c.partner_id = $1 AND ($2 = 'all' OR c.state = $2) AND ($3::uuid IS NULL OR c.id < $3)
        ORDER BY c.id DESC LIMIT $4`,
      [partnerId, state, idOfCursor(cursor), limit + 1],
    );
    return toPage(rows, limit, ({ id }) => [id]);
  }

  /** @throws DomainError NOT_FOUND, also for another partner's */
  async get(db: Db, partnerId: string, channelId: string): Promise<ChannelDto> {
    const [channel] = await db.query<ChannelDto[]>(`${SELECT} WHERE c.id = $1 AND c.partner_id = $2`, [
      channelId,
      partnerId,
    ]);
    if (!channel) throw notFound('channel');
    return channel;
  }

  /**
   * The partner's channel, held active and alone until the transaction ends.
   * @throws DomainError NOT_FOUND, CHANNEL_ARCHIVED (409)
   */
  async hold(tx: Tx, partnerId: string, channelId: string): Promise<void> {
    const [channel] = await tx.query<{ state: ChannelState }[]>(
      'SELECT state FROM channels WHERE id = $1 AND partner_id = $2 FOR NO KEY UPDATE',
      [channelId, partnerId],
    );
    if (!channel) throw notFound('channel');
    if (channel.state === 'archived') throw channelArchived();
  }

  /** Makes a channel. @throws DomainError NOT_A_CHANNEL_PARTNER, HANDLE_TAKEN (409), LIMIT_REACHED (422) */
  async create(tx: Tx, actor: PartnerActor, given: CreateChannelDto): Promise<ChannelDto> {
    const { partnerId } = actor;
    const [partner] = await tx.query<{ kind: string }[]>(
      'SELECT kind FROM partners WHERE id = $1 FOR NO KEY UPDATE',
      [partnerId],
    );
    if (partner?.kind !== 'channel') throw notAChannelPartner();
    await this.entitlements.require(tx, partnerId, 'channels');
    const id = this.ids.next();
    const { name, handle, description = null, category = null, language = null } = given;
    await refusingTakenHandle(() =>
      tx.query(
        `INSERT INTO channels (id, partner_id, name, handle, description, category, language, state, created_at,
                               updated_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, 'active', $8, $8)`,
        [id, partnerId, name, handle, description, category, language, this.clock.now()],
      ),
    );
    await this.tell(tx, actor, 'channel_added', { id, handle });
    return this.get(tx, partnerId, id);
  }

  /** Changes what is given. @throws DomainError NOT_FOUND, HANDLE_TAKEN (409) */
  async change(tx: Tx, actor: PartnerActor, channelId: string, given: ChangeChannelDto): Promise<ChannelDto> {
    const { partnerId } = actor;
    // All columns are written: whoever changes others at the same time must come before or after.
    await tx.query('SELECT FROM channels WHERE id = $1 AND partner_id = $2 FOR NO KEY UPDATE', [
      channelId,
      partnerId,
    ]);
    const before = await this.get(tx, partnerId, channelId);
    const changed = CHANGEABLE.filter(
      (field) => given[field] !== undefined && given[field] !== before[field],
    );
    if (changed.length === 0) return before;
    const after = { ...before, ...Object.fromEntries(changed.map((field) => [field, given[field]])) };
    await refusingTakenHandle(() =>
      tx.query(
        `UPDATE channels SET name = $3, handle = $4, description = $5, category = $6, language = $7, updated_at = $8
          WHERE id = $1 AND partner_id = $2`,
        [channelId, partnerId, ...CHANGEABLE.map((field) => after[field]), this.clock.now()],
      ),
    );
    await this.eventLog.record(tx, actor, {
      partnerId,
      type: 'channel_changed',
      subjectId: channelId,
      data: { handle: after.handle, changed },
    });
    return after;
  }

  /** Archives a channel, or takes it back. @throws DomainError NOT_FOUND, CHANNEL_STATE_CONFLICT (409), LIMIT_REACHED (422) */
  async move(tx: Tx, actor: PartnerActor, channelId: string, to: ChannelState): Promise<ChannelDto> {
    // Whether there is room is said of a state that nobody changes meanwhile.
    await tx.query('SELECT FROM partners WHERE id = $1 FOR NO KEY UPDATE', [actor.partnerId]);
    if (to === 'active' && (await this.get(tx, actor.partnerId, channelId)).state !== 'active') {
      await this.entitlements.require(tx, actor.partnerId, 'channels');
    }
    const [, count] = await tx.query<[unknown[], number]>(
      'UPDATE channels SET state = $3, updated_at = $4 WHERE id = $1 AND partner_id = $2 AND state <> $3',
      [channelId, actor.partnerId, to, this.clock.now()],
    );
    const channel = await this.get(tx, actor.partnerId, channelId);
    if (count === 0) throw channelStateConflict(to);
    await this.tell(tx, actor, to === 'archived' ? 'channel_archived' : 'channel_unarchived', channel);
    return channel;
  }

  private tell(
    tx: Tx,
    actor: PartnerActor,
    type: 'channel_added' | 'channel_archived' | 'channel_unarchived',
    { id, handle }: Pick<ChannelDto, 'id' | 'handle'>,
  ): Promise<void> {
    return this.eventLog.record(tx, actor, {
      partnerId: actor.partnerId,
      type,
      subjectId: id,
      data: { handle },
    });
  }
}

/** An archived channel takes no room. */
async function countActive(db: Db, partnerId: string): Promise<number> {
  const [{ count }] = await db.query<[{ count: number }]>(
    `SELECT count(*)::int AS count FROM channels WHERE partner_id = $1 AND state = 'active'`,
    [partnerId],
  );
  return count;
}

/** The unique key says whose a handle is: looking before would miss those who come at the same time. */
async function refusingTakenHandle(write: () => Promise<unknown>): Promise<void> {
  try {
    await write();
  } catch (error) {
    throw sqlState(error) === UNIQUE_VIOLATION ? handleTaken() : error;
  }
}
