import { Injectable } from '@nestjs/common';
import type { DataSource, EntityManager } from 'typeorm';
import { type Actor, AuditLog } from '../../identity/index.js';
import { Clock, Ids, Money, notFound, sqlState, type Tx } from '../../platform/index.js';
import { entitled, type OfferingKind, type StoredEntitled } from '../domain/entitlements.js';
import {
  defaultPackageChanging,
  offeringArchived,
  offeringNameTaken,
  packageIsDefault,
} from '../partner-management.errors.js';
import type { ChangeOfferingDto, CreateOfferingDto, OfferingDto, OfferingQuery } from './offerings.dto.js';
import { PackageNews } from './package-news.js';

type Db = EntityManager | DataSource;

/** What offerings of each kind are called, and where they are. */
export const OFFERINGS = {
  package: { name: 'package', table: 'packages', isDefault: 'is_default' },
  add_on: { name: 'add-on', table: 'add_ons', isDefault: 'false' },
} as const satisfies Record<OfferingKind, object>;

const UNIQUE_VIOLATION = '23505';

interface Row extends StoredEntitled {
  id: string;
  name: string;
  priceMinor: string;
  currency: string;
  isDefault: boolean;
  active: boolean;
}

/** Packages that partners apply for, and add-ons to them. */
@Injectable()
export class Offerings {
  constructor(
    private readonly auditLog: AuditLog,
    private readonly news: PackageNews,
    private readonly ids: Ids,
    private readonly clock: Clock,
  ) {}

  /** Offerings of a kind, oldest first. */
  async list(db: Db, kind: OfferingKind, { state }: OfferingQuery): Promise<OfferingDto[]> {
    const rows = await db.query<Row[]>(
      `${select(kind)} WHERE $1::boolean IS NULL OR active = $1 ORDER BY id`,
      [state === 'all' ? null : state === 'active'],
    );
    return rows.map((row) => toDto(kind, row));
  }

  /** @throws DomainError NOT_FOUND */
  async get(db: Db, kind: OfferingKind, id: string): Promise<OfferingDto> {
    const found = await this.find(db, kind, id);
    if (!found) throw notFound(OFFERINGS[kind].name);
    return found;
  }

  async find(db: Db, kind: OfferingKind, id: string): Promise<OfferingDto | null> {
    const [row] = await db.query<Row[]>(`${select(kind)} WHERE id = $1`, [id]);
    return row ? toDto(kind, row) : null;
  }

  /** @throws DomainError PACKAGE_NAME_TAKEN or ADD_ON_NAME_TAKEN (409), INVALID_AMOUNT (422), INVALID_CURRENCY (422) */
  async create(tx: Tx, actor: Actor, kind: OfferingKind, offered: CreateOfferingDto): Promise<OfferingDto> {
    const price = Money.parseNonNegative(offered.price.amount, offered.price.currency, 'price.amount');
    const id = this.ids.next();
    const { limits = {}, features = {} } = offered;
    await named(
      kind,
      tx.query(
        `INSERT INTO ${OFFERINGS[kind].table} (id, name, price_minor, currency, limits, features, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7)`,
        [id, offered.name, price.minor.toString(), price.currency, limits, features, this.clock.now()],
      ),
    );
    const made = await this.get(tx, kind, id);
    await this.audit(tx, actor, kind, 'create', { before: null, after: made });
    return made;
  }

  /**
   * Changes what is given. Partners who have it have what it allows from now on; what they have made stays.
   * @throws DomainError NOT_FOUND, and as {@link create}
   */
  async change(
    tx: Tx,
    actor: Actor,
    kind: OfferingKind,
    id: string,
    { name, price, limits, features }: ChangeOfferingDto,
  ): Promise<OfferingDto> {
    const before = await this.locked(tx, kind, id);
    const amount = price && Money.parseNonNegative(price.amount, price.currency, 'price.amount');
    await named(
      kind,
      tx.query(
        `UPDATE ${OFFERINGS[kind].table}
            SET name = coalesce($2, name), price_minor = coalesce($3, price_minor), currency = coalesce($4, currency),
                limits = coalesce($5, limits), features = coalesce($6, features)
          WHERE id = $1`,
        [id, name, amount?.minor.toString(), amount?.currency, limits, features].map(
          (value) => value ?? null,
        ),
      ),
    );
    const after = await this.get(tx, kind, id);
    await this.audit(tx, actor, kind, 'change', { before, after });
    await this.news.tell(tx, actor, kind, before, after);
    return after;
  }

  /**
   * Takes it off what may be asked for; whoever has it keeps it.
   * @throws DomainError NOT_FOUND, OFFERING_ARCHIVED (409), PACKAGE_IS_DEFAULT (409)
   */
  async archive(tx: Tx, actor: Actor, kind: OfferingKind, id: string): Promise<OfferingDto> {
    const before = await this.locked(tx, kind, id);
    if (before.state === 'archived') throw offeringArchived(OFFERINGS[kind].name);
    if (before.isDefault) throw packageIsDefault();
    await tx.query(`UPDATE ${OFFERINGS[kind].table} SET active = false WHERE id = $1`, [id]);
    const after: OfferingDto = { ...before, state: 'archived' };
    await this.audit(tx, actor, kind, 'archive', { before, after });
    return after;
  }

  /**
   * Has sign-ups that name no package take this one from now on, instead of the one that they took.
   * @throws DomainError NOT_FOUND, OFFERING_ARCHIVED (409)
   */
  async makeDefault(tx: Tx, actor: Actor, id: string): Promise<OfferingDto> {
    const before = await this.locked(tx, 'package', id);
    if (before.state === 'archived') throw offeringArchived(OFFERINGS.package.name);
    if (before.isDefault) return before;
    await tx.query('UPDATE packages SET is_default = false WHERE is_default');
    await tx.query('UPDATE packages SET is_default = true WHERE id = $1', [id]).catch((error: unknown) => {
      throw sqlState(error) === UNIQUE_VIOLATION ? defaultPackageChanging() : error;
    });
    const after: OfferingDto = { ...before, isDefault: true };
    await this.audit(tx, actor, 'package', 'make_default', { before, after });
    return after;
  }

  private async locked(tx: Tx, kind: OfferingKind, id: string): Promise<OfferingDto> {
    await tx.query(`SELECT FROM ${OFFERINGS[kind].table} WHERE id = $1 FOR NO KEY UPDATE`, [id]);
    return this.get(tx, kind, id);
  }

  private audit(
    tx: Tx,
    actor: Actor,
    kind: OfferingKind,
    action: string,
    { before, after }: { before: OfferingDto | null; after: OfferingDto },
  ): Promise<void> {
    return this.auditLog.record(tx, actor, {
      action: `${kind}.${action}`,
      subject: { type: kind, id: after.id },
      before,
      after,
    });
  }
}

function select(kind: OfferingKind): string {
  const { table, isDefault } = OFFERINGS[kind];
  return `SELECT id, name, price_minor AS "priceMinor", currency, ${isDefault} AS "isDefault", active, limits, features
            FROM ${table}`;
}

function toDto(kind: OfferingKind, { id, name, isDefault, active, ...row }: Row): OfferingDto {
  return {
    id,
    name,
    price: Money.of(BigInt(row.priceMinor), row.currency).toJSON(),
    ...entitled(kind, row),
    isDefault,
    state: active ? 'active' : 'archived',
  };
}

/** @throws DomainError PACKAGE_NAME_TAKEN or ADD_ON_NAME_TAKEN (409) */
async function named(kind: OfferingKind, change: Promise<unknown>): Promise<void> {
  await change.catch((error: unknown) => {
    throw sqlState(error) === UNIQUE_VIOLATION ? offeringNameTaken(kind) : error;
  });
}
