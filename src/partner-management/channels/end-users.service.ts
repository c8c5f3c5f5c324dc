import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { type Actor, AuditLog } from '../../identity/index.js';
import { Clock, idOfCursor, notFound, type Page, toPage, type Tx } from '../../platform/index.js';
import { EndUserBook } from './end-user-book.js';
import type { EndUserDto, EndUsersQuery } from './end-users.dto.js';
import { type ImportPlan, type KnownPerson, planImport } from './import-plan.js';
import { optedOutSql, OptOuts } from './opt-outs.service.js';
import type { ImportedPeopleDto } from './people.dto.js';
import { type PersonRecord, readPeople } from './person-record.js';

/**
 * The people whom broadcasts may reach: the users of the program's apps, whom operators register, and those whom
 * partners know as followers of their channels.
 */
@Injectable()
export class EndUsers {
  constructor(
    private readonly dataSource: DataSource,
    private readonly book: EndUserBook,
    private readonly optOuts: OptOuts,
    private readonly auditLog: AuditLog,
    private readonly clock: Clock,
  ) {}

  /** A page of all who are not forgotten, newest first. */
  async list({ email, externalId, country, kind, limit, cursor }: EndUsersQuery): Promise<Page<EndUserDto>> {
    const rows = await this.dataSource.query<EndUserDto[]>(
      `SELECT u.id, u.external_id AS "externalId", u.email, u.name, u.country, u.language,
              u.registered_at AS "registeredAt",
              (SELECT count(*)::int FROM channel_followers f WHERE f.end_user_id = u.id) AS "channelsCount",
              ${optedOutSql('u.mailbox_hash', 'NULL')} AS unsubscribed
         FROM end_users u
        WHERE u.forgotten_at IS NULL AND ($1::text IS NULL OR starts_with(u.email_key, lower($1)))
          AND ($2::text IS NULL OR u.external_id = $2) AND ($3::text IS NULL OR u.country = $3)
          AND ($4 = 'all' OR (u.registered_at IS NOT NULL) = ($4 = 'registered'))
          AND ($5::uuid IS NULL OR u.id < $5)
        ORDER BY u.id DESC LIMIT $6`,
      [email ?? null, externalId ?? null, country ?? null, kind, idOfCursor(cursor), limit + 1],
    );
    return toPage(rows, limit, ({ id }) => [id]);
  }

  /** Registers users of the program's apps and changes known ones, each by itself. */
  async import(tx: Tx, actor: Actor, items: readonly unknown[]): Promise<ImportedPeopleDto> {
    const { people, refused } = readPeople(items);
    // One import at a time: two could want each other's addresses.
    await tx.query(`SELECT pg_advisory_xact_lock(hashtextextended('end-users.import', 0))`);
    const known = await knownUsers(tx, people);
    const mailboxes = people.map(({ mailboxHash }) => mailboxHash);
    const plan = planImport(people, known, await this.optOuts.among(tx, mailboxes, null));
    await this.carryOut(tx, plan);
    const counts = { added: plan.added.length, updated: plan.updated.length };
    await this.auditLog.record(tx, actor, {
      action: 'end_users.import',
      subject: { type: 'end_users', id: null },
      before: null,
      after: counts,
    });
    const all = [...refused, ...plan.refused].sort((a, b) => a.index - b.index);
    return { ...counts, unchanged: plan.unchanged, rejected: all.length, items: all };
  }

  /**
   * Erases a person: everything but the hash of its mailbox, which no import brings back and no mail reaches.
   * @throws DomainError NOT_FOUND
   */
  async erase(tx: Tx, actor: Actor, id: string): Promise<void> {
    const [person] = await tx.query<{ mailboxHash: string; registered: boolean; channels: number }[]>(
      `SELECT mailbox_hash AS "mailboxHash", registered_at IS NOT NULL AS registered,
              (SELECT count(*)::int FROM channel_followers WHERE end_user_id = $1) AS channels
         FROM end_users WHERE id = $1 AND forgotten_at IS NULL FOR UPDATE`,
      [id],
    );
    if (!person) throw notFound('end user');
    const { mailboxHash, ...before } = person;
    await this.optOuts.add(tx, mailboxHash, null);
    await this.book.forget(tx, [id]);
    await this.auditLog.record(tx, actor, {
      action: 'end_user.erase',
      subject: { type: 'end_user', id },
      before,
      after: { registered: false, channels: 0 },
    });
  }

  /**
   * Registers everybody under their address. A row is an address: who changes it moves to another row, and leaves the
   * former one to the channels that know it.
   */
  private async carryOut(tx: Tx, { added, updated }: ImportPlan): Promise<void> {
    const everybody = [...added, ...updated.map(({ person }) => person)];
    const ids = await this.book.ensure(tx, everybody, updated.map(({ id }) => id)); // prettier-ignore
    const before = new Map(updated.map(({ id, person }) => [person, id]));
    const registrations = everybody.map((person) => {
      const id = ids.get(person.emailKey)!;
      const { externalId, name, country, language } = person;
      return { id, former: before.get(person) ?? id, external_id: externalId, name, country, language };
    });
    const moved = registrations.filter(({ id, former }) => id !== former);
    await takeOptOutsAlong(tx, moved);
    const since = await giveUp(tx, moved.map(({ former }) => former)); // prettier-ignore
    await tx.query(
      `UPDATE end_users AS u
          SET external_id = made.external_id, name = made.name, country = made.country, language = made.language,
              registered_at = coalesce(u.registered_at, made.registered_at, $2)
         FROM json_to_recordset($1) AS made (id uuid, external_id text, name text, country text, language text,
                                             registered_at timestamptz)
        WHERE u.id = made.id`,
      [
        JSON.stringify(registrations.map((made) => ({ ...made, registered_at: since.get(made.former) }))),
        this.clock.now(),
      ],
    );
    await this.book.forgetUnneeded(tx, moved.map(({ former }) => former)); // prettier-ignore
  }
}

/** Who left channels and moves to another mailbox has left them there, too. */
async function takeOptOutsAlong(tx: Tx, moved: readonly { id: string; former: string }[]): Promise<void> {
  await tx.query(
    `INSERT INTO end_user_opt_outs (mailbox_hash, channel_id, opted_out_at)
     SELECT u.mailbox_hash, opt_out.channel_id, opt_out.opted_out_at
       FROM json_to_recordset($1) AS moved (id uuid, former uuid)
       JOIN end_users u ON u.id = moved.id
       JOIN end_users was ON was.id = moved.former AND was.mailbox_hash <> u.mailbox_hash
       JOIN end_user_opt_outs opt_out ON opt_out.mailbox_hash = was.mailbox_hash
     ON CONFLICT DO NOTHING`,
    [JSON.stringify(moved)],
  );
}

/** Takes the registrations off the rows. @returns since when each was registered */
async function giveUp(tx: Tx, ids: readonly string[]): Promise<Map<string, Date>> {
  const [given] = await tx.query<[{ id: string; since: Date }[], number]>(
    `UPDATE end_users AS u SET external_id = NULL, registered_at = NULL, name = NULL, country = NULL, language = NULL
       FROM end_users AS was
      WHERE u.id = ANY ($1) AND was.id = u.id
     RETURNING u.id, was.registered_at AS since`,
    [ids],
  );
  return new Map(given.map(({ id, since }) => [id, since]));
}

/** End users who have an id or address of the people's. */
function knownUsers(db: EntityManager, people: readonly PersonRecord[]): Promise<KnownPerson[]> {
  return db.query<KnownPerson[]>(
    `SELECT id, external_id AS "externalId", email_key AS "emailKey", name, country, language FROM end_users
      WHERE forgotten_at IS NULL AND (external_id = ANY ($1) OR email_key = ANY ($2))`,
    [people.map(({ externalId }) => externalId), people.map(({ emailKey }) => emailKey)],
  );
}
