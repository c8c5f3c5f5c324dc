import { Injectable } from '@nestjs/common';
import type { DataSource, EntityManager } from 'typeorm';
import { type Actor, AuditLog, PartnerMails } from '../../identity/index.js';
import {
  Clock,
  Conditions,
  idOfCursor,
  Ids,
  Money,
  notFound,
  type Page,
  toPage,
  type Tx,
} from '../../platform/index.js';
import type { Brand } from '../brand.entity.js';
import { Brands } from '../brands.service.js';
import { deepLink, normalHostPattern } from '../domain/deep-link.js';
import { dealRemoved, endsTooEarly, linkElsewhere } from './deals.errors.js';
import type { Deal, DealState } from './deal.js';
import type { CreateDealDto, UpdateDealDto } from './deals.dto.js';
import { type DealSize, readSize, showSize, type StoredSize } from './domain/deal-size.js';

type Db = EntityManager | DataSource;

/** A deal with its size as clients read it. */
export interface ShownDeal extends Omit<Deal, 'size'> {
  size: DealSize;
}

/** Hosts that a brand's deals may lead to. */
type BrandHosts = Pick<Brand, 'allowedHosts' | 'website'>;

interface DealRow extends Omit<Deal, 'size' | 'linkAllowed'>, BrandHosts {
  brandState: string;
  sizeBps: number | null;
  sizeMinor: string | null;
  currency: string | null;
}

interface DealFilter {
  brandId?: string;
  state?: DealState;
  limit: number;
  cursor?: string;
}

/** Running deals that are looked through together for those whose links may be shown. */
const READ_AT_ONCE = 50;

const SELECT = `
  SELECT * FROM (
    SELECT d.id, d.brand_id AS "brandId", b.name AS "brandName", b.state AS "brandState",
           b.allowed_hosts AS "allowedHosts", b.website, d.title, d.link, d.code, d.kind, d.size_bps AS "sizeBps",
           d.size_minor AS "sizeMinor", d.currency, d.starts_at AS "startsAt", d.ends_at AS "endsAt",
           d.created_at AS "createdAt", d.removed_at AS "removedAt", d.removal_reason AS "removalReason",
           CASE WHEN d.removed_at IS NOT NULL THEN 'removed' WHEN d.starts_at > ? THEN 'upcoming'
                WHEN d.ends_at <= ? THEN 'ended' ELSE 'running' END AS state
      FROM brand_deals d JOIN brands b ON b.id = d.brand_id) deal`;

/** Deals: what a brand shows on partners' dashboards (T01). */
@Injectable()
export class Deals {
  constructor(
    private readonly brands: Brands,
    private readonly audit: AuditLog,
    private readonly mails: PartnerMails,
    private readonly ids: Ids,
    private readonly clock: Clock,
  ) {}

  /** @param brandId whose deal it must be; null for anybody's @throws DomainError NOT_FOUND */
  async get(db: Db, brandId: string | null, id: string): Promise<Deal> {
    const where = new Conditions();
    where.add('id = ?', id);
    where.add('"brandId" = ?', brandId);
    const [deal] = await this.read(db, where, 'LIMIT 1');
    if (!deal) throw notFound('deal');
    return deal;
  }

  /** A page of deals, newest first. */
  async list(db: Db, { brandId, state, limit, cursor }: DealFilter): Promise<Page<Deal>> {
    const where = new Conditions();
    where.add('"brandId" = ?', brandId);
    where.add('state = ?', state);
    where.add('id < ?', idOfCursor(cursor));
    return toPage(await this.read(db, where, `ORDER BY id DESC LIMIT ${limit + 1}`), limit, ({ id }) => [id]);
  }

  /** The deals of active brands that run now and still lead to their brand, the latest first. */
  async latest(db: Db, count: number): Promise<ShownDeal[]> {
    const where = new Conditions();
    where.add('state = ?', 'running');
    where.add('"brandState" = ?', 'active');
    const latest: Deal[] = [];
    for (let read = 0; latest.length < count; read += READ_AT_ONCE) {
      const end = `ORDER BY "startsAt" DESC, id DESC LIMIT ${READ_AT_ONCE} OFFSET ${read}`;
      const deals = await this.read(db, where, end);
      latest.push(...deals.filter(({ linkAllowed }) => linkAllowed));
      if (deals.length < READ_AT_ONCE) break;
    }
    return latest.slice(0, count).map(({ size, ...deal }) => ({ ...deal, size: showSize(size) }));
  }

  /** @throws DomainError NOT_FOUND for the brand, VALIDATION_FAILED, INVALID_AMOUNT, INVALID_CURRENCY (422) */
  async create(tx: Tx, actor: Actor, brandId: string, form: CreateDealDto): Promise<Deal> {
    const brand = await this.brands.get(tx, brandId);
    const now = this.clock.now();
    const id = this.ids.next();
    const size = readSize(form.kind, form.size);
    const startsAt = form.startsAt ? new Date(form.startsAt) : now;
    const endsAt = form.endsAt ? new Date(form.endsAt) : null;
    if (endsAt && (endsAt <= startsAt || endsAt <= now)) throw endsTooEarly();
    await tx.query(
      `INSERT INTO brand_deals (id, brand_id, title, link, code, kind, size_bps, size_minor, currency, starts_at, ends_at, created_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`,
      [id, brandId, form.title, linkOf(brand, form.link), form.code ?? null, form.kind, ...columnsOf(size), startsAt, endsAt, now],
    ); // prettier-ignore
    const deal = await this.get(tx, brandId, id);
    await this.record(tx, actor, 'create', null, deal);
    return deal;
  }

  /**
   * Changes the brand's deal; only the given fields. A link whose host the brand no longer allows stays until it is
   * changed, and is shown to no partner.
   * @throws DomainError NOT_FOUND, DEAL_REMOVED (409), VALIDATION_FAILED, INVALID_AMOUNT, INVALID_CURRENCY (422)
   */
  async change(tx: Tx, actor: Actor, brandId: string, id: string, form: UpdateDealDto): Promise<Deal> {
    const before = await this.getForChange(tx, brandId, id);
    const brand = await this.brands.get(tx, brandId);
    const kind = form.kind ?? before.kind;
    const size = readSize(kind, form.size ?? showSize(before.size));
    const startsAt = form.startsAt ? new Date(form.startsAt) : before.startsAt;
    const endsAt = form.endsAt === undefined ? before.endsAt : form.endsAt && new Date(form.endsAt);
    const endsAnew = form.endsAt !== undefined && endsAt !== null && endsAt <= this.clock.now();
    if (endsAt && (endsAt <= startsAt || endsAnew)) throw endsTooEarly();
    const link = form.link === undefined ? before.link : linkOf(brand, form.link);
    await tx.query(
      `UPDATE brand_deals SET title = $2, link = $3, code = $4, kind = $5, size_bps = $6, size_minor = $7, currency = $8,
              starts_at = $9, ends_at = $10 WHERE id = $1`,
      [id, form.title ?? before.title, link, form.code === undefined ? before.code : form.code, kind, ...columnsOf(size), startsAt, endsAt],
    ); // prettier-ignore
    const after = await this.get(tx, brandId, id);
    await this.record(tx, actor, 'change', before, after);
    return after;
  }

  /** Deletes the brand's deal. @throws DomainError NOT_FOUND, DEAL_REMOVED (409) */
  async delete(tx: Tx, actor: Actor, brandId: string, id: string): Promise<void> {
    const before = await this.getForChange(tx, brandId, id);
    await tx.query('DELETE FROM brand_deals WHERE id = $1', [id]);
    await this.record(tx, actor, 'delete', before, null);
  }

  /**
   * Operators take a deal off the dashboards for good; the brand is told why.
   * @throws DomainError NOT_FOUND, DEAL_REMOVED (409)
   */
  async remove(tx: Tx, actor: Actor, id: string, reason: string): Promise<Deal> {
    const before = await this.getForChange(tx, null, id);
    await tx.query(
      'UPDATE brand_deals SET removed_at = $2, removed_by = $3, removal_reason = $4 WHERE id = $1',
      [id, this.clock.now(), actor.userId, reason],
    );
    const after = await this.get(tx, null, id);
    await this.record(tx, actor, 'remove', before, after);
    await this.mails.sendToBrand(
      tx,
      after.brandId,
      { permission: 'brand:deals:write', kind: null },
      {
        subject: 'A deal of yours was removed',
        text: `Hello,\n\nthe program removed the deal "${after.title}" from the dashboards:\n\n${reason}`,
      },
    );
    return after;
  }

  /** The deal, which nobody else changes until the transaction ends. */
  private async getForChange(tx: Tx, brandId: string | null, id: string): Promise<Deal> {
    await tx.query('SELECT FROM brand_deals WHERE id = $1 FOR UPDATE', [id]);
    const deal = await this.get(tx, brandId, id);
    if (deal.removedAt) throw dealRemoved();
    return deal;
  }

  private async read(db: Db, where: Conditions, end: string): Promise<Deal[]> {
    const now = `$${where.parameters.length + 1}`;
    const rows = await db.query<DealRow[]>(`${SELECT.replaceAll('?', now)} WHERE ${where.sql} ${end}`, [
      ...where.parameters,
      this.clock.now(),
    ]);
    return rows.map(toDeal);
  }

  private async record(tx: Tx, actor: Actor, action: string, before: Deal | null, after: Deal | null) {
    await this.audit.record(tx, actor, {
      action: `deal.${action}`,
      subject: { type: 'deal', id: (after ?? before)!.id },
      before: before && shown(before),
      after: after && shown(after),
    });
  }
}

/** The link as the host was compared. @throws DomainError VALIDATION_FAILED (422) when it leads elsewhere than to the brand */
function linkOf(brand: BrandHosts, link: string): string {
  const allowed = allowedLink(brand, link);
  if (allowed === null) throw linkElsewhere();
  return allowed;
}

/** The link as the host was compared; null when it leads elsewhere than to the brand. */
function allowedLink({ allowedHosts, website }: BrandHosts, link: string): string | null {
  const own = website === null ? [] : [normalHostPattern(new URL(website).hostname)];
  return deepLink(link, [...allowedHosts, ...own]);
}

function columnsOf({ bps, money }: StoredSize): [number | null, string | null, string | null] {
  return [bps, money && money.minor.toString(), money && money.currency];
}

function toDeal(row: DealRow): Deal {
  const { brandState: _, allowedHosts, website, sizeBps, sizeMinor, currency, ...deal } = row;
  const money = sizeMinor === null ? null : Money.of(BigInt(sizeMinor), currency!);
  const linkAllowed = allowedLink({ allowedHosts, website }, deal.link) !== null;
  return { ...deal, linkAllowed, size: { bps: sizeBps, money } };
}

function shown({ size, ...deal }: Deal): object {
  return { ...deal, size: showSize(size) };
}
