import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { type Actor, AuditLog } from '../identity/index.js';
import { Clock, Ids, Money, type Tx } from '../platform/index.js';
import { packageNameTaken } from './partner-management.errors.js';
import type { CreatePackageDto, PackageDto } from './packages.dto.js';

/** Packages that partners apply for. */
@Injectable()
export class Packages {
  constructor(
    private readonly dataSource: DataSource,
    private readonly auditLog: AuditLog,
    private readonly ids: Ids,
    private readonly clock: Clock,
  ) {}

  /** All packages that can be applied for, oldest first. */
  async list(): Promise<PackageDto[]> {
    const rows = await this.dataSource.query<
      { id: string; name: string; price_minor: string; currency: string; is_default: boolean }[]
    >('SELECT id, name, price_minor, currency, is_default FROM packages WHERE active ORDER BY id');
    return rows.map((row) => ({
      id: row.id,
      name: row.name,
      price: Money.of(BigInt(row.price_minor), row.currency).toJSON(),
      isDefault: row.is_default,
    }));
  }

  /** @throws DomainError PACKAGE_NAME_TAKEN (409), INVALID_AMOUNT (422), INVALID_CURRENCY (422) */
  async create(tx: Tx, actor: Actor, { name, price }: CreatePackageDto): Promise<PackageDto> {
    const amount = Money.parseNonNegative(price.amount, price.currency);
    const id = this.ids.next();
    const inserted = await tx.query<unknown[]>(
      `INSERT INTO packages (id, name, price_minor, currency, created_at) VALUES ($1, $2, $3, $4, $5)
       ON CONFLICT (name) DO NOTHING RETURNING id`,
      [id, name, amount.minor.toString(), amount.currency, this.clock.now()],
    );
    if (inserted.length === 0) throw packageNameTaken();
    const made = { id, name, price: amount.toJSON(), isDefault: false };
    await this.auditLog.record(tx, actor, {
      action: 'package.create',
      subject: { type: 'package', id },
      before: null,
      after: made,
    });
    return made;
  }
}
