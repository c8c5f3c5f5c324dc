import { Injectable } from '@nestjs/common';
import type { DataSource, EntityManager } from 'typeorm';
import { EventLog, type PartnerActor } from '../../identity/index.js';
import { Clock, idOfCursor, Ids, notFound, type Page, toPage, type Tx } from '../../platform/index.js';
import { Channels } from './channels.service.js';
import { EndUserBook } from './end-user-book.js';
import type { FollowerDto, FollowersQuery } from './followers.dto.js';
import { type KnownPerson, type ImportPlan, planImport } from './import-plan.js';
import { OptOuts } from './opt-outs.service.js';
import type { ImportedPeopleDto } from './people.dto.js';
import { type PersonRecord, readPeople } from './person-record.js';

type Db = EntityManager | DataSource;

/** Who follows a channel: told by its partner, who knows each by an id of its own. */
@Injectable()
export class Followers {
  constructor(
    private readonly channels: Channels,
    private readonly endUsers: EndUserBook,
    private readonly optOuts: OptOuts,
    private readonly eventLog: EventLog,
    private readonly ids: Ids,
    private readonly clock: Clock,
  ) {}

  /** A page of the channel's followers, newest first. @throws DomainError NOT_FOUND */
  async list(
    db: Db,
    partnerId: string,
    channelId: string,
    { externalId, email, limit, cursor }: FollowersQuery,
  ): Promise<Page<FollowerDto>> {
    await this.channels.get(db, partnerId, channelId);
    const rows = await db.query<FollowerDto[]>(
      `SELECT f.id, f.external_id AS "externalId", u.email, f.name, f.country, f.language,
              f.followed_at AS "followedAt"
         FROM channel_followers f JOIN end_users u ON u.id = f.end_user_id
        WHERE f.channel_id = $1 AND ($2::text IS NULL OR f.external_id = $2)
          AND ($3::text IS NULL OR u.email_key = lower($3)) AND ($4::uuid IS NULL OR f.id < $4)
        ORDER BY f.id DESC LIMIT $5`,
      [channelId, externalId ?? null, email ?? null, idOfCursor(cursor), limit + 1],
    );
    return toPage(rows, limit, ({ id }) => [id]);
  }

  /**
   * Adds followers and changes known ones, each by itself; whoever has unsubscribed is refused for good.
   * @throws DomainError NOT_FOUND, CHANNEL_ARCHIVED (409)
   */
  async import(
    tx: Tx,
    actor: PartnerActor,
    channelId: string,
    items: readonly unknown[],
  ): Promise<ImportedPeopleDto> {
    await this.channels.hold(tx, actor.partnerId, channelId);
    const { people, refused } = readPeople(items);
    const known = await knownFollowers(tx, channelId, people);
    const optedOut = await this.optOuts.among(
      tx,
      people.map(({ mailboxHash }) => mailboxHash),
      channelId,
    );
    const plan = planImport(people, known, optedOut);
    await this.carryOut(tx, channelId, plan);
    const counts = { added: plan.added.length, updated: plan.updated.length };
    if (counts.added + counts.updated > 0) {
      await this.eventLog.record(tx, actor, {
        partnerId: actor.partnerId,
        type: 'channel_followers_imported',
        subjectId: channelId,
        data: { added: String(counts.added), updated: String(counts.updated) },
      });
    }
    const all = [...refused, ...plan.refused].sort((a, b) => a.index - b.index);
    return { ...counts, unchanged: plan.unchanged, rejected: all.length, items: all };
  }

  /** Takes followers off the channel. @returns how many @throws DomainError NOT_FOUND */
  async remove(
    tx: Tx,
    actor: PartnerActor,
    channelId: string,
    externalIds: readonly string[],
  ): Promise<number> {
    await this.channels.get(tx, actor.partnerId, channelId);
    return this.removeThose(tx, actor, channelId, 'external_id = ANY ($2)', externalIds);
  }

  /** Takes one follower off the channel. @throws DomainError NOT_FOUND */
  async removeOne(tx: Tx, actor: PartnerActor, channelId: string, followerId: string): Promise<void> {
    await this.channels.get(tx, actor.partnerId, channelId);
    const removed = await this.removeThose(tx, actor, channelId, 'id = $2', followerId);
    if (removed === 0) throw notFound('follower');
  }

  private async removeThose(
    tx: Tx,
    actor: PartnerActor,
    channelId: string,
    condition: string,
    value: unknown,
  ): Promise<number> {
    const [removed] = await tx.query<[{ endUserId: string }[], number]>(
      `DELETE FROM channel_followers WHERE channel_id = $1 AND ${condition} RETURNING end_user_id AS "endUserId"`,
      [channelId, value],
    );
    if (removed.length === 0) return 0;
    await this.endUsers.forgetUnneeded(tx, removed.map(({ endUserId }) => endUserId)); // prettier-ignore
    await this.eventLog.record(tx, actor, {
      partnerId: actor.partnerId,
      type: 'channel_followers_removed',
      subjectId: channelId,
      data: { removed: String(removed.length) },
    });
    return removed.length;
  }

  private async carryOut(tx: Tx, channelId: string, { added, updated }: ImportPlan): Promise<void> {
    if (added.length + updated.length === 0) return;
    const everybody = [...added, ...updated.map(({ person }) => person)];
    const moving = updated.map(({ id }) => id);
    const ids = await this.endUsers.ensure(tx, everybody, await leftBy(tx, moving, everybody));
    const rowOf = (id: string, person: PersonRecord) => ({
      id,
      end_user_id: ids.get(person.emailKey),
      external_id: person.externalId,
      name: person.name,
      country: person.country,
      language: person.language,
    });
    await tx.query(
      `INSERT INTO channel_followers (id, channel_id, end_user_id, external_id, name, country, language, followed_at)
       SELECT id, $2, end_user_id, external_id, name, country, language, $3
         FROM json_to_recordset($1) AS made (id uuid, end_user_id uuid, external_id text, name text, country text,
                                             language text)`,
      [JSON.stringify(added.map((person) => rowOf(this.ids.next(), person))), channelId, this.clock.now()],
    );
    const [moved] = await tx.query<[{ before: string }[], number]>(
      `UPDATE channel_followers AS f
          SET end_user_id = made.end_user_id, name = made.name, country = made.country, language = made.language
         FROM json_to_recordset($1) AS made (id uuid, end_user_id uuid, name text, country text, language text)
         JOIN channel_followers AS was ON was.id = made.id
        WHERE f.id = made.id AND f.channel_id = $2
       RETURNING was.end_user_id AS before`,
      [JSON.stringify(updated.map(({ id, person }) => rowOf(id, person))), channelId],
    );
    await this.endUsers.forgetUnneeded(tx, moved.map(({ before }) => before)); // prettier-ignore
  }
}

/** The end users whom followers among these leave, as the people are told to have other addresses now. */
async function leftBy(tx: Tx, followerIds: string[], people: readonly PersonRecord[]): Promise<string[]> {
  const left = await tx.query<{ id: string }[]>(
    `SELECT u.id FROM channel_followers f JOIN end_users u ON u.id = f.end_user_id
      WHERE f.id = ANY ($1) AND u.email_key <> ALL ($2)`,
    [followerIds, people.map(({ emailKey }) => emailKey)],
  );
  return left.map(({ id }) => id);
}

/** Followers of the channel who have an id or address of the people's. */
function knownFollowers(tx: Tx, channelId: string, people: readonly PersonRecord[]): Promise<KnownPerson[]> {
  return tx.query<KnownPerson[]>(
    `SELECT f.id, f.external_id AS "externalId", u.email_key AS "emailKey", f.name, f.country, f.language
       FROM channel_followers f JOIN end_users u ON u.id = f.end_user_id
      WHERE f.channel_id = $1 AND (f.external_id = ANY ($2) OR u.email_key = ANY ($3))`,
    [channelId, people.map(({ externalId }) => externalId), people.map(({ emailKey }) => emailKey)],
  );
}
