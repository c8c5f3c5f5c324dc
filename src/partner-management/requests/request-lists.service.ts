import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { contactOf } from '../../identity/index.js';
import { Conditions, idOfCursor, Money, notFound, type Page, toPage } from '../../platform/index.js';
import type { RequestKind } from '../domain/request-life.js';
import { requestName } from '../domain/request-words.js';
import { RequestKinds } from './request-kinds.js';
import type {
  OperatorRequestDto,
  OperatorRequestQuery,
  PartnerRequestDto,
  PartnerRequestQuery,
} from './requests.dto.js';

type Db = EntityManager | DataSource;

/** What the database tells of an amount. */
interface Priced {
  priceMinor: string;
  currency: string;
}

type Row<T> = Omit<T, 'price'> & Priced;

const FACTS = `
  r.id, coalesce(r.subject_id, r.package_id) AS "subjectId", r.kind AS type, r.title, r.state, r.price_minor AS "priceMinor", r.currency, r.description,
  r.requested_at AS "requestedAt", r.decided_at AS "decidedAt", r.rejection_description AS "rejectionDescription"`;

const FOR_OPERATORS = `
  SELECT ${FACTS}, r.partner_id AS "partnerId", p.name AS "partnerName", p.state AS "partnerStatus",
         contact.email, contact."emailConfirmed", p.phone, p.website, r.package_id AS "packageId", k.name AS "packageName"
    FROM partner_requests r
    JOIN partners p ON p.id = r.partner_id
    LEFT JOIN packages k ON k.id = r.package_id
    LEFT JOIN LATERAL (${contactOf('p.id')}) contact ON true`;

const FOR_PARTNERS = `SELECT ${FACTS} FROM partner_requests r`;

/** Lists of requests: those of one kind for operators (O01, O03), and a partner's own. */
@Injectable()
export class RequestLists {
  constructor(
    private readonly dataSource: DataSource,
    private readonly kinds: RequestKinds,
  ) {}

  /** A page of requests: the pending ones oldest first, so that nobody waits longer than needed; others newest first. */
  async list(
    kind: RequestKind,
    { state, partner, limit, cursor }: OperatorRequestQuery,
  ): Promise<Page<OperatorRequestDto>> {
    const [order, behind] = state === 'pending' ? ['ASC', '>'] : ['DESC', '<'];
    const conditions = new Conditions();
    conditions.add('r.kind = ?', kind);
    conditions.add('r.state = ?', state === 'all' ? null : state);
    conditions.add('strpos(lower(p.name), lower(?)) > 0', partner);
    conditions.add(`r.id ${behind} ?`, idOfCursor(cursor));
    const rows = await this.dataSource.query<Row<OperatorRequestDto>[]>(
      `${FOR_OPERATORS} WHERE ${conditions.sql} ORDER BY r.id ${order} LIMIT ${limit + 1}`,
      conditions.parameters,
    );
    const page = toPage(rows.map(toDto<OperatorRequestDto>), limit, ({ id }) => [id]);
    return { ...page, items: await this.withPreviews(this.dataSource, kind, page.items) };
  }

  /** @throws DomainError NOT_FOUND, also for a request of another kind */
  async get(db: Db, kind: RequestKind, id: string): Promise<OperatorRequestDto> {
    const [row] = await db.query<Row<OperatorRequestDto>[]>(
      `${FOR_OPERATORS} WHERE r.id = $1 AND r.kind = $2`,
      [id, kind],
    );
    if (!row) throw notFound(requestName(kind));
    const [request] = await this.withPreviews(db, kind, [toDto<OperatorRequestDto>(row)]);
    return request!;
  }

  /** A page of the partner's requests, newest first. */
  async listOf(
    partnerId: string,
    { type, state, limit, cursor }: PartnerRequestQuery,
  ): Promise<Page<PartnerRequestDto>> {
    const conditions = new Conditions();
    conditions.add('r.partner_id = ?', partnerId);
    conditions.add('r.kind = ?', type);
    conditions.add('r.state = ?', state);
    conditions.add('r.id < ?', idOfCursor(cursor));
    const rows = await this.dataSource.query<Row<PartnerRequestDto>[]>(
      `${FOR_PARTNERS} WHERE ${conditions.sql} ORDER BY r.id DESC LIMIT ${limit + 1}`,
      conditions.parameters,
    );
    return toPage(rows.map(toDto<PartnerRequestDto>), limit, ({ id }) => [id]);
  }

  /** @throws DomainError NOT_FOUND, also for another partner's */
  async getOf(db: Db, partnerId: string, id: string): Promise<PartnerRequestDto> {
    const [row] = await db.query<Row<PartnerRequestDto>[]>(
      `${FOR_PARTNERS} WHERE r.id = $1 AND r.partner_id = $2`,
      [id, partnerId],
    );
    if (!row) throw notFound('request');
    return toDto<PartnerRequestDto>(row);
  }

  /** The requests, each with what its kind adds. */
  private async withPreviews(
    db: Db,
    kind: RequestKind,
    requests: OperatorRequestDto[],
  ): Promise<OperatorRequestDto[]> {
    const { preview } = this.kinds.of(kind);
    if (!preview || requests.length === 0) return requests;
    const previews = await preview(db, requests.map(({ subjectId }) => subjectId)); // prettier-ignore
    return requests.map((request) => ({ ...request, preview: previews.get(request.subjectId) ?? null }));
  }
}

function toDto<T>({ priceMinor, currency, ...row }: Row<T>): T {
  return { ...row, price: Money.of(BigInt(priceMinor), currency).toJSON() } as T;
}
