import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { type Actor, AuditLog } from '../../identity/index.js';
import { Clock, Ids, Money, notFound, sqlState, type Tx } from '../../platform/index.js';
import type { ChangeAdPackageDto, CreateAdPackageDto, OperatorAdPackageDto } from './ad-packages.dto.js';
import { adPackageNameTaken } from './ads.errors.js';

interface Row extends Omit<OperatorAdPackageDto, 'price' | 'impressions'> {
  impressions: string;
  priceMinor: string;
  currency: string;
}

const SELECT = `
  SELECT id, name, impressions, price_minor AS "priceMinor", currency, active, created_at AS "createdAt"
    FROM ad_packages`;

const UNIQUE_VIOLATION = '23505';

/** Advertising packages: impressions that partners may ask for (O05). */
@Injectable()
export class AdPackages {
  constructor(
    private readonly dataSource: DataSource,
    private readonly auditLog: AuditLog,
    private readonly ids: Ids,
    private readonly clock: Clock,
  ) {}

  /** All of them, or those that partners may ask for; oldest first. */
  async list(which: 'all' | 'active'): Promise<OperatorAdPackageDto[]> {
    const rows = await this.dataSource.query<Row[]>(`${SELECT} WHERE active OR $1 = 'all' ORDER BY id`, [
      which,
    ]);
    return rows.map(toDto);
  }

  /** @throws DomainError NOT_FOUND */
  async get(db: EntityManager | DataSource, id: string): Promise<OperatorAdPackageDto> {
    const [row] = await db.query<Row[]>(`${SELECT} WHERE id = $1`, [id]);
    if (!row) throw notFound('advertising package');
    return toDto(row);
  }

  /** @throws DomainError AD_PACKAGE_NAME_TAKEN (409), INVALID_AMOUNT (422), INVALID_CURRENCY (422) */
  async create(
    tx: Tx,
    actor: Actor,
    { name, impressions, price }: CreateAdPackageDto,
  ): Promise<OperatorAdPackageDto> {
    const amount = Money.parseNonNegative(price.amount, price.currency, 'price.amount');
    const made = {
      id: this.ids.next(),
      name,
      impressions,
      price: amount.toJSON(),
      active: true,
      createdAt: this.clock.now(),
    };
    const inserted = await tx.query<unknown[]>(
      `INSERT INTO ad_packages (id, name, impressions, price_minor, currency, created_at)
       VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (name) DO NOTHING RETURNING id`,
      [made.id, name, impressions, amount.minor.toString(), amount.currency, made.createdAt],
    );
    if (inserted.length === 0) throw adPackageNameTaken();
    await this.auditLog.record(tx, actor, {
      action: 'ad_package.create',
      subject: { type: 'ad_package', id: made.id },
      before: null,
      after: made,
    });
    return made;
  }

  /**
   * Changes what was given; requests that were made before stay as they are.
   * @throws DomainError NOT_FOUND, AD_PACKAGE_NAME_TAKEN (409), INVALID_AMOUNT (422), INVALID_CURRENCY (422)
   */
  async change(tx: Tx, actor: Actor, id: string, change: ChangeAdPackageDto): Promise<OperatorAdPackageDto> {
    const price =
      change.price && Money.parseNonNegative(change.price.amount, change.price.currency, 'price.amount');
    await tx.query('SELECT FROM ad_packages WHERE id = $1 FOR NO KEY UPDATE', [id]);
    const before = await this.get(tx, id);
    try {
      await tx.query(
        `UPDATE ad_packages
            SET name = coalesce($2, name), impressions = coalesce($3, impressions), active = coalesce($4, active),
                price_minor = coalesce($5, price_minor), currency = coalesce($6, currency)
          WHERE id = $1`,
        [
          id,
          change.name ?? null,
          change.impressions ?? null,
          change.active ?? null,
          price?.minor.toString() ?? null,
          price?.currency ?? null,
        ],
      );
    } catch (error) {
      throw sqlState(error) === UNIQUE_VIOLATION ? adPackageNameTaken() : error;
    }
    const after = await this.get(tx, id);
    await this.auditLog.record(tx, actor, {
      action: 'ad_package.change',
      subject: { type: 'ad_package', id },
      before,
      after,
    });
    return after;
  }
}

function toDto({ priceMinor, currency, impressions, ...row }: Row): OperatorAdPackageDto {
  return {
    ...row,
    impressions: Number(impressions),
    price: Money.of(BigInt(priceMinor), currency).toJSON(),
  };
}
