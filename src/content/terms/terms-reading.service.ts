import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { AuditLog, EventLog, type PartnerActor } from '../../identity/index.js';
import { Clock, Ids, notFound, type Tx, wholeList } from '../../platform/index.js';
import { termsNotInForce } from '../content.errors.js';
import { htmlOf } from '../markdown.js';
import { termsInForce } from './terms-in-force.js';
import type { PartnerTermsDto, PartnerTermsList, PartnerTermsQuery, PublicTermsDto } from './terms.dto.js';

interface TermsRow extends Omit<PartnerTermsDto, 'bodyHtml' | 'acceptance'> {
  acceptedAt: Date | null;
  acceptedBy: string | null;
}

/** Versions in force as a partner sees them; `$1` is the partner's id, `$2` the time. */
const OF_PARTNER = `
  SELECT current.id, current.kind, current.version, current.title, current.body, current.publish_at AS "publishAt",
         current.must_accept AS "mustAccept", current.brand_id AS "brandId", b.name AS "brandName",
         a.accepted_at AS "acceptedAt", u.name AS "acceptedBy"
    FROM ${termsInForce('$2')}
    LEFT JOIN brands b ON b.id = current.brand_id
    LEFT JOIN terms_acceptances a ON a.version_id = current.id AND a.partner_id = $1
    LEFT JOIN users u ON u.id = a.user_id`;

/** Who accepts a version for a partner. */
export interface Acceptor {
  partnerId: string;
  userId: string;
  /** Internet address. */
  address: string | null;
}

/** Terms and policies as everybody reads them, and as partners accept them (A21, T12). */
@Injectable()
export class TermsReading {
  constructor(
    private readonly dataSource: DataSource,
    private readonly eventLog: EventLog,
    private readonly auditLog: AuditLog,
    private readonly ids: Ids,
    private readonly clock: Clock,
  ) {}

  /** The program's terms and privacy policy in force, for everybody. */
  async ofProgram(): Promise<PublicTermsDto[]> {
    const rows = await this.dataSource.query<Omit<PublicTermsDto, 'bodyHtml'>[]>(
      `SELECT id, kind, version, title, body, publish_at AS "publishAt", must_accept AS "mustAccept"
         FROM ${termsInForce('$1')} WHERE kind <> 'brand_terms' ORDER BY kind DESC`,
      [this.clock.now()],
    );
    return rows.map((row) => ({ ...row, bodyHtml: htmlOf(row.body) }));
  }

  /** What is in force for a partner: the program's, and that of a brand, or of all brands that it has campaigns with. */
  async ofPartner(partnerId: string, { brandId }: PartnerTermsQuery): Promise<PartnerTermsList> {
    const rows = await this.dataSource.query<TermsRow[]>(
      `${OF_PARTNER} WHERE current.brand_id IS NULL OR current.brand_id = $3
          OR ($3::uuid IS NULL AND current.brand_id IN (SELECT brand_id FROM campaigns WHERE partner_id = $1))
       ORDER BY current.brand_id IS NOT NULL, current.kind DESC, b.name, current.id`,
      [partnerId, this.clock.now(), brandId ?? null],
    );
    const items = rows.map(toPartnerTerms);
    return {
      ...wholeList(items),
      outstanding: items.filter(({ mustAccept, acceptance }) => mustAccept && !acceptance).length,
    };
  }

  /**
   * Accepts a version in force, for the whole partner; again it changes nothing.
   * @throws DomainError NOT_FOUND, TERMS_NOT_IN_FORCE (409) for one that is over
   */
  async accept(tx: Tx, actor: PartnerActor, versionId: string, address: string): Promise<PartnerTermsDto> {
    const { partnerId, userId } = actor;
    const now = this.clock.now();
    if (!(await findInForce(tx, partnerId, versionId, now))) {
      const [known] = await tx.query<unknown[]>(
        'SELECT FROM terms_versions WHERE id = $1 AND publish_at <= $2',
        [versionId, now],
      );
      throw known ? termsNotInForce() : notFound('version of terms');
    }
    const made = await this.record(tx, { partnerId, userId, address }, versionId, now);
    if (made) {
      const subject = { type: 'terms_version', id: versionId };
      await this.auditLog.record(tx, actor, {
        action: 'terms.accept',
        subject,
        before: null,
        after: { accepted: true },
      });
    }
    return toPartnerTerms((await findInForce(tx, partnerId, versionId, now))!);
  }

  /** Records what somebody accepted by signing up; versions that were not in force then are left out. */
  async acceptAtSignUp(tx: Tx, by: Acceptor, versionIds: readonly string[], at: Date): Promise<void> {
    for (const versionId of new Set(versionIds)) {
      const version = await findInForce(tx, by.partnerId, versionId, at);
      if (version?.brandId === null) await this.record(tx, by, versionId, at);
    }
  }

  /** Whether it was not accepted before. */
  private async record(tx: Tx, by: Acceptor, versionId: string, at: Date): Promise<boolean> {
    const { partnerId, userId, address } = by;
    const [version] = await tx.query<{ kind: string; version: number }[]>(
      `INSERT INTO terms_acceptances (id, version_id, partner_id, user_id, address, accepted_at)
       SELECT $1, $2, p.id, $4, $5, $6 FROM partners p WHERE p.id = $3 AND p.state <> 'erased'
       ON CONFLICT (partner_id, version_id) DO NOTHING
       RETURNING (SELECT kind FROM terms_versions WHERE id = version_id),
                 (SELECT version FROM terms_versions WHERE id = version_id)`,
      [this.ids.next(), versionId, partnerId, userId, address, at],
    );
    if (!version) return false;
    await this.eventLog.record(tx, { userId, impersonatorId: null }, {
      partnerId,
      type: 'terms_accepted',
      subjectId: versionId,
      data: { kind: version.kind, version: String(version.version) },
    }); // prettier-ignore
    return true;
  }
}

async function findInForce(
  db: EntityManager,
  partnerId: string,
  versionId: string,
  at: Date,
): Promise<TermsRow | null> {
  const [row] = await db.query<TermsRow[]>(`${OF_PARTNER} WHERE current.id = $3`, [partnerId, at, versionId]);
  return row ?? null;
}

function toPartnerTerms({ acceptedAt, acceptedBy, ...row }: TermsRow): PartnerTermsDto {
  return {
    ...row,
    bodyHtml: htmlOf(row.body),
    acceptance: acceptedAt === null ? null : { acceptedAt, acceptedBy: acceptedBy! },
  };
}
