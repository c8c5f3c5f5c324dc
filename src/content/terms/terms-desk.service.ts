import { Injectable } from '@nestjs/common';
import { DataSource, LessThan } from 'typeorm';
import { Brands, givenOf } from '../../brands/index.js';
import { type Actor, AuditLog } from '../../identity/index.js';
import {
  Clock,
  idOfCursor,
  Ids,
  invalidField,
  notFound,
  type Page,
  toPage,
  type Tx,
} from '../../platform/index.js';
import { termsInForceAlready } from '../content.errors.js';
import { TermsVersion } from './terms-version.entity.js';
import type { CreateTermsDto, OperatorTermsQuery, UpdateTermsDto } from './terms.dto.js';

/** Terms and policies as operators write them, version by version (A21). What was in force once never changes. */
@Injectable()
export class TermsDesk {
  constructor(
    private readonly dataSource: DataSource,
    private readonly brands: Brands,
    private readonly auditLog: AuditLog,
    private readonly ids: Ids,
    private readonly clock: Clock,
  ) {}

  /** A page of versions, newest first. */
  async list({ kind, brandId, limit, cursor }: OperatorTermsQuery): Promise<Page<TermsVersion>> {
    const rows = await this.dataSource.getRepository(TermsVersion).find({
      where: {
        ...(kind !== undefined && { kind }),
        ...(brandId !== undefined && { brandId }),
        ...(cursor !== undefined && { id: LessThan(idOfCursor(cursor)) }),
      },
      order: { id: 'DESC' },
      take: limit + 1,
    });
    return toPage(rows, limit, ({ id }) => [id]);
  }

  /** @throws DomainError NOT_FOUND */
  async get(id: string): Promise<TermsVersion> {
    const version = await this.dataSource.getRepository(TermsVersion).findOneBy({ id });
    if (!version) throw notFound('version of terms');
    return version;
  }

  /**
   * Drafts the next version.
   * @throws DomainError NOT_FOUND for the brand, VALIDATION_FAILED (422) where kind and brand do not go together
   */
  async create(tx: Tx, actor: Actor, input: CreateTermsDto): Promise<TermsVersion> {
    const { kind, brandId = null, title, body, mustAccept = kind !== 'privacy' } = input;
    if ((kind === 'brand_terms') !== (brandId !== null))
      throw invalidField('brandId', 'must be given for brand_terms, and for those only');
    if (brandId) await this.brands.get(tx, brandId);
    const now = this.clock.now();
    const version: TermsVersion = {
      ...{ id: this.ids.next(), kind, brandId, title, body, mustAccept },
      version: await nextVersion(tx, kind, brandId),
      publishAt: null,
      createdAt: now,
      updatedAt: now,
    };
    await tx.getRepository(TermsVersion).insert(version);
    await this.record(tx, actor, 'create', null, version);
    return version;
  }

  /** Changes a version that was never in force; only the given fields. @throws DomainError NOT_FOUND, TERMS_IN_FORCE (409) */
  async change(tx: Tx, actor: Actor, id: string, change: UpdateTermsDto): Promise<TermsVersion> {
    const before = await this.lockOpen(tx, id);
    return this.save(tx, actor, 'change', before, { ...before, ...givenOf(change) });
  }

  /**
   * Brings a version into force.
   * @param publishAt when; null for now
   * @throws DomainError NOT_FOUND, TERMS_IN_FORCE (409), VALIDATION_FAILED (422) for a time that is over
   */
  async publish(tx: Tx, actor: Actor, id: string, publishAt: Date | null): Promise<TermsVersion> {
    const before = await this.lockOpen(tx, id);
    const now = this.clock.now();
    if (publishAt !== null && publishAt < now) throw invalidField('publishAt', 'must not be over already');
    return this.save(tx, actor, 'publish', before, { ...before, publishAt: publishAt ?? now });
  }

  /** Deletes a version that was never in force. @throws DomainError NOT_FOUND, TERMS_IN_FORCE (409) */
  async delete(tx: Tx, actor: Actor, id: string): Promise<void> {
    const version = await this.lockOpen(tx, id);
    await tx.getRepository(TermsVersion).delete({ id });
    await this.record(tx, actor, 'delete', version, null);
  }

  /** The version, locked, unless it is or was in force. */
  private async lockOpen(tx: Tx, id: string): Promise<TermsVersion> {
    const repository = tx.getRepository(TermsVersion);
    const version = await repository.findOne({ where: { id }, lock: { mode: 'pessimistic_write' } });
    if (!version) throw notFound('version of terms');
    if (version.publishAt !== null && version.publishAt <= this.clock.now()) throw termsInForceAlready();
    return version;
  }

  private async save(
    tx: Tx,
    actor: Actor,
    action: string,
    before: TermsVersion,
    after: TermsVersion,
  ): Promise<TermsVersion> {
    const saved = { ...after, updatedAt: this.clock.now() };
    await tx.getRepository(TermsVersion).save(saved);
    await this.record(tx, actor, action, before, saved);
    return saved;
  }

  private async record(
    tx: Tx,
    actor: Actor,
    action: string,
    before: TermsVersion | null,
    after: TermsVersion | null,
  ): Promise<void> {
    const subject = { type: 'terms_version', id: (after ?? before)!.id };
    await this.auditLog.record(tx, actor, { action: `terms.${action}`, subject, before, after });
  }
}

/** The number of the next version, which nobody else takes until the transaction ends. */
async function nextVersion(tx: Tx, kind: string, brandId: string | null): Promise<number> {
  await tx.query('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', [`terms ${kind} ${brandId ?? ''}`]);
  const [{ next }] = await tx.query<[{ next: number }]>(
    `SELECT coalesce(max(version), 0) + 1 AS next FROM terms_versions
      WHERE kind = $1 AND brand_id IS NOT DISTINCT FROM $2::uuid`,
    [kind, brandId],
  );
  return next;
}
