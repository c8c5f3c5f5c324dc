import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { idOfCursor, type Page, toPage } from '../../platform/index.js';
import type { AcceptancesQuery, TermsAcceptanceDto } from './terms.dto.js';

/** Who accepted which version of which terms, for operators (A21); the list only grows. */
@Injectable()
export class TermsAcceptances {
  constructor(private readonly dataSource: DataSource) {}

  /** A page of acceptances, newest first. */
  async list(query: Omit<AcceptancesQuery, 'format'>): Promise<Page<TermsAcceptanceDto>> {
    const { versionId, partnerId, limit, cursor } = query;
    const rows = await this.dataSource.query<TermsAcceptanceDto[]>(
      `SELECT a.id, a.version_id AS "versionId", v.kind, v.brand_id AS "brandId", v.version,
              a.partner_id AS "partnerId", p.name AS "partnerName", a.user_id AS "userId", u.name AS "userName",
              a.address, a.accepted_at AS "acceptedAt"
         FROM terms_acceptances a
         JOIN terms_versions v ON v.id = a.version_id
         JOIN partners p ON p.id = a.partner_id
         JOIN users u ON u.id = a.user_id
        WHERE ($1::uuid IS NULL OR a.version_id = $1) AND ($2::uuid IS NULL OR a.partner_id = $2)
          AND ($3::uuid IS NULL OR a.id < $3)
        ORDER BY a.id DESC LIMIT $4`,
      [versionId ?? null, partnerId ?? null, idOfCursor(cursor), limit + 1],
    );
    return toPage(rows, limit, ({ id }) => [id]);
  }
}
