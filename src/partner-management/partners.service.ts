import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { contactOf } from '../identity/index.js';
import {
  Conditions,
  idOfCursor,
  notFound,
  type Page,
  toPage,
  toTimeRange,
  type Tx,
} from '../platform/index.js';
import { partnerStateConflict } from './partner-management.errors.js';
import type { PartnerDto, PartnerFilter } from './partners.dto.js';

const SELECT = `
  SELECT p.id, p.name, p.kind, p.state, p.country, contact.email, p.phone, p.website, p.description,
         p.legal_name AS "legalName", p.tax_number AS "taxNumber", p.street, p.postal_code AS "postalCode", p.city,
         p.package_id AS "packageId", k.name AS "packageName", p.invoice_id AS "invoiceId", p.groups,
         p.manager_id AS "managerId", manager.name AS "managerName", p.created_at AS "createdAt",
         p.approved_at AS "approvedAt"
    FROM partners p
    LEFT JOIN packages k ON k.id = p.package_id
    LEFT JOIN users manager ON manager.id = p.manager_id
    LEFT JOIN LATERAL (${contactOf('p.id')}) contact ON true`;

/** Partners: found by operators, named by other rooms. */
@Injectable()
export class Partners {
  constructor(private readonly dataSource: DataSource) {}

  /** A page of partners, newest first. */
  async list(
    filter: PartnerFilter,
    { limit, cursor }: { limit: number; cursor?: string },
  ): Promise<Page<PartnerDto>> {
    const conditions = conditionsOf(filter);
    conditions.add('p.id < ?', idOfCursor(cursor));
    const rows = await this.dataSource.query<PartnerDto[]>(
      `${SELECT} WHERE ${conditions.sql} ORDER BY p.id DESC LIMIT ${limit + 1}`,
      conditions.parameters,
    );
    return toPage(rows, limit, ({ id }) => [id]);
  }

  /** @throws DomainError NOT_FOUND */
  async get(db: EntityManager | DataSource, partnerId: string): Promise<PartnerDto> {
    const [partner] = await db.query<PartnerDto[]>(`${SELECT} WHERE p.id = $1`, [partnerId]);
    if (!partner) throw notFound('partner');
    return partner;
  }

  /**
   * Whom papers name: the partner's legal or else its plain name, address and tax number, a line each.
   * @throws DomainError NOT_FOUND
   */
  async addressOf(db: EntityManager | DataSource, partnerId: string): Promise<string[]> {
    const { legalName, name, street, postalCode, city, country, taxNumber } = await this.get(db, partnerId);
    const town = [postalCode, city].filter(Boolean).join(' ');
    const lines = [legalName ?? name, street, town, country, taxNumber && `Tax number: ${taxNumber}`];
    return lines.filter((line): line is string => Boolean(line));
  }

  /** Names of partners by id. */
  async names(db: EntityManager | DataSource, partnerIds: string[]): Promise<Map<string, string>> {
    const rows = await db.query<{ id: string; name: string }[]>(
      'SELECT id, name FROM partners WHERE id = ANY($1::uuid[])',
      [partnerIds],
    );
    return new Map(rows.map(({ id, name }) => [id, name]));
  }

  /**
   * Checks that the partner works with the program, and has it stay so until the transaction ends.
   * @param action what is not done to others, for the refusal
   * @throws DomainError NOT_FOUND, PARTNER_STATE_CONFLICT (409)
   */
  async assertActive(tx: Tx, partnerId: string, action: string): Promise<void> {
    const state = await heldState(tx, partnerId);
    if (state === null) throw notFound('partner');
    if (state !== 'active') throw partnerStateConflict(action);
  }

  /** How the partners stand: whether they work with the program, and, of creators, verified a social account. */
  async standings(
    db: EntityManager | DataSource,
    partnerIds: readonly string[],
  ): Promise<ReadonlyMap<string, { active: boolean; verified: boolean }>> {
    const rows = await db.query<{ id: string; active: boolean; verified: boolean }[]>(
      `SELECT p.id, p.state = 'active' AS active,
              p.state = 'active' AND (p.kind <> 'creator' OR EXISTS (
                SELECT FROM social_accounts s WHERE s.partner_id = p.id AND s.state = 'verified')) AS verified
         FROM partners p WHERE p.id = ANY ($1::uuid[])`,
      [partnerIds],
    );
    return new Map(rows.map(({ id, ...standing }) => [id, standing]));
  }

  /** Whether the partner works with the program; it stays so until the transaction ends. */
  async isActive(tx: Tx, partnerId: string): Promise<boolean> {
    return (await heldState(tx, partnerId)) === 'active';
  }
}

function conditionsOf(filter: PartnerFilter): Conditions {
  const conditions = new Conditions();
  const { from, before } = toTimeRange(filter);
  const { search, name } = filter;
  conditions.add(
    `(strpos(lower(p.name), lower(?)) > 0 OR strpos(lower(p.website), lower(?)) > 0
      OR strpos(lower(contact.email), lower(?)) > 0)`,
    search,
    search,
    search,
  );
  conditions.add('strpos(lower(p.name), lower(?)) > 0', name);
  conditions.add('p.kind = ?', filter.kind);
  conditions.add('p.state = ?', filter.state);
  conditions.add('p.package_id = ?', filter.packageId);
  conditions.add('p.manager_id = ?', filter.managerId);
  conditions.add('p.groups @> ARRAY[?::text]', filter.group);
  conditions.add('p.country = ?', filter.country);
  conditions.add('p.created_at >= ?', from);
  conditions.add('p.created_at < ?', before);
  return conditions;
}

/** The partner's state, which cannot change until the transaction ends; null for nobody. */
async function heldState(tx: Tx, partnerId: string): Promise<string | null> {
  const [partner] = await tx.query<{ state: string }[]>(
    'SELECT state FROM partners WHERE id = $1 FOR SHARE',
    [partnerId],
  );
  return partner?.state ?? null;
}
