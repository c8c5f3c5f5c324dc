import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { type Actor, AuditLog } from '../../identity/index.js';
import {
  Clock,
  idOfCursor,
  Ids,
  invalidField,
  notFound,
  type Page,
  type PageQuery,
  sqlState,
  toPage,
  type Tx,
} from '../../platform/index.js';
import type { RawQuery } from '../domain/report-parameters.js';
import type { Days, RelativePeriod, ReportPeriod } from '../domain/report-period.js';
import { savedQuery } from '../domain/saved-query.js';
import { ReportQueries } from '../report-queries.service.js';
import { favouriteNameTaken, tooManyFavourites } from '../reports.errors.js';

/** A report that somebody saved to run it again. */
export interface Favourite {
  id: string;
  name: string;
  relativePeriod: RelativePeriod | null;
  from: string | null;
  to: string | null;
  parameters: RawQuery;
  createdAt: Date;
  updatedAt: Date;
}

/** What a favourite is made from; its period is a relative one, or fixed days. */
export interface FavouriteContent {
  name: string;
  period?: RelativePeriod;
  from?: string;
  to?: string;
  parameters: Record<string, unknown>;
}

const MOST = 200;
const UNIQUE_VIOLATION = '23505';
const COLUMNS = `id, name, relative_period AS "relativePeriod", first_day::text AS "from", last_day::text AS "to",
  parameters, created_at AS "createdAt", updated_at AS "updatedAt"`;
/** Whose favourites: one's own, of the partner or of the program. */
const OWN = 'user_id = $1 AND partner_id IS NOT DISTINCT FROM $2';

/** Reports that people save for themselves (A16). */
@Injectable()
export class Favourites {
  constructor(
    private readonly dataSource: DataSource,
    private readonly queries: ReportQueries,
    private readonly auditLog: AuditLog,
    private readonly ids: Ids,
    private readonly clock: Clock,
  ) {}

  /**
   * Saves a report. Its currency is settled now: a later default does not change it (rule 11.4).
   * @throws DomainError VALIDATION_FAILED (422), FAVOURITE_NAME_TAKEN (409), TOO_MANY_FAVOURITES (409)
   */
  async save(tx: Tx, actor: Actor, content: FavouriteContent): Promise<Favourite> {
    const period = periodOf(content);
    const parameters = await this.settled(tx, actor, content.parameters, period);
    // One after the other, so that those counted are all there are.
    await tx.query('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', [`favourites ${actor.userId}`]);
    const [counted] = await tx.query<[{ count: number }]>(
      'SELECT count(*)::int AS count FROM report_favourites WHERE user_id = $1',
      [actor.userId],
    );
    if (counted.count >= MOST) throw tooManyFavourites(MOST);
    const [saved] = await unlessTaken(() =>
      tx.query<[Favourite]>(
        `INSERT INTO report_favourites (user_id, partner_id, id, name, relative_period, first_day, last_day, parameters,
                                        created_at, updated_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9) RETURNING ${COLUMNS}`,
        [
          ...ownerOf(actor),
          this.ids.next(),
          content.name,
          ...columnsOf(period),
          parameters,
          this.clock.now(),
        ],
      ),
    );
    await this.tell(tx, actor, 'save', null, saved);
    return saved;
  }

  /** A page of one's favourites, newest first. */
  async list(actor: Actor, { limit, cursor }: PageQuery): Promise<Page<Favourite>> {
    const rows = await this.dataSource.query<Favourite[]>(
      `SELECT ${COLUMNS} FROM report_favourites WHERE ${OWN} AND ($3::uuid IS NULL OR id < $3)
        ORDER BY id DESC LIMIT $4`,
      [...ownerOf(actor), idOfCursor(cursor), limit + 1],
    );
    return toPage(rows, limit, ({ id }) => [id]);
  }

  /** @throws DomainError NOT_FOUND, also for somebody else's */
  async get(db: EntityManager, actor: Actor, id: string): Promise<Favourite> {
    const [found] = await db.query<Favourite[]>(
      `SELECT ${COLUMNS} FROM report_favourites WHERE ${OWN} AND id = $3`,
      [...ownerOf(actor), id],
    );
    if (!found) throw notFound('favourite');
    return found;
  }

  /** Changes what is given. @throws as {@link save}; DomainError NOT_FOUND */
  async change(tx: Tx, actor: Actor, id: string, changes: Partial<FavouriteContent>): Promise<Favourite> {
    await tx.query(`SELECT FROM report_favourites WHERE ${OWN} AND id = $3 FOR UPDATE`, [
      ...ownerOf(actor),
      id,
    ]);
    const before = await this.get(tx, actor, id);
    const { period, from, to } = changes;
    const changed = [period, from, to].some((value) => value !== undefined);
    const next = changed ? periodOf(changes) : savedPeriod(before);
    const parameters =
      changed || changes.parameters
        ? await this.settled(tx, actor, changes.parameters ?? before.parameters, next)
        : before.parameters;
    const [[saved]] = await unlessTaken(() =>
      tx.query<[[Favourite], number]>(
        `UPDATE report_favourites SET name = $4, relative_period = $5, first_day = $6, last_day = $7, parameters = $8,
                updated_at = $9
          WHERE ${OWN} AND id = $3 RETURNING ${COLUMNS}`,
        [
          ...ownerOf(actor),
          id,
          changes.name ?? before.name,
          ...columnsOf(next),
          parameters,
          this.clock.now(),
        ],
      ),
    );
    await this.tell(tx, actor, 'change', before, saved);
    return saved;
  }

  /** @throws DomainError NOT_FOUND */
  async delete(tx: Tx, actor: Actor, id: string): Promise<void> {
    const [[deleted]] = await tx.query<[Favourite[], number]>(
      `DELETE FROM report_favourites WHERE ${OWN} AND id = $3 RETURNING ${COLUMNS}`,
      [...ownerOf(actor), id],
    );
    if (!deleted) throw notFound('favourite');
    await this.tell(tx, actor, 'delete', deleted, null);
  }

  /** The favourite's query as it is now: a relative period means other days every time. */
  queryOf(actor: Actor, favourite: Favourite): RawQuery {
    return this.queries.over(favourite.parameters, savedPeriod(favourite), this.queries.audienceOf(actor));
  }

  /** What operators change is in the audit log. */
  private async tell(
    tx: Tx,
    actor: Actor,
    done: 'save' | 'change' | 'delete',
    before: Favourite | null,
    after: Favourite | null,
  ): Promise<void> {
    if (actor.realm !== 'operator') return;
    const subject = { type: 'report_favourite', id: (after ?? before)!.id };
    await this.auditLog.record(tx, actor, { action: `report_favourite.${done}`, subject, before, after });
  }

  /** The parameters as they are kept, once they make a report. @throws DomainError VALIDATION_FAILED (422) */
  private settled(
    tx: Tx,
    actor: Actor,
    parameters: Record<string, unknown>,
    period: ReportPeriod,
  ): Promise<RawQuery> {
    return this.queries.settle(tx, actor, savedQuery(parameters, false), period);
  }
}

function ownerOf({ userId, partnerId }: Actor): [string, string | null] {
  return [userId, partnerId];
}

function savedPeriod({ relativePeriod, from, to }: Favourite): ReportPeriod {
  return relativePeriod ?? { from: from!, to: to! };
}

function columnsOf(period: ReportPeriod): [string | null, string | null, string | null] {
  return typeof period === 'string' ? [period, null, null] : [null, period.from, period.to];
}

/** @throws DomainError VALIDATION_FAILED (422) unless it is a relative period, or fixed days in order */
function periodOf({ period, from, to }: Partial<FavouriteContent>): ReportPeriod {
  if (period !== undefined && from === undefined && to === undefined) return period;
  if (period !== undefined || from === undefined || to === undefined) {
    throw invalidField('period', 'give either a period or both from and to');
  }
  if (from > to) throw invalidField('to', 'must not be before from');
  return { from, to } satisfies Days;
}

async function unlessTaken<T>(write: () => Promise<T>): Promise<T> {
  try {
    return await write();
  } catch (error) {
    throw sqlState(error) === UNIQUE_VIOLATION ? favouriteNameTaken() : error;
  }
}
