import { Injectable } from '@nestjs/common';
import { type DataSource, type EntityManager, In, MoreThan } from 'typeorm';
import { type Actor, AuditLog } from '../identity/index.js';
import { Clock, idOfCursor, Ids, notFound, Outbox, type Page, toPage, type Tx } from '../platform/index.js';
import { REDIRECT_TARGETS_CHANGED, type RedirectTargetsChanged } from './brands.events.js';
import { Brands } from './brands.service.js';
import { givenOf } from './domain/given-of.js';
import { type Audience, Landing } from './landing.entity.js';

export type NewLanding = Pick<Landing, 'brandId' | 'title' | 'url' | 'audience'>;
export type LandingChange = Partial<Pick<Landing, 'title' | 'url' | 'active'>>;

export interface LandingFilter {
  brandId?: string;
  audience?: Audience;
  /** Only landings that may be chosen for new promos: active ones of active brands. */
  offered?: boolean;
  limit: number;
  cursor?: string;
}

/** Where a tracking link sends its visitors. */
export interface LandingTarget {
  landingUrl: string;
  audience: Audience;
  /** Query parameter of the landing that takes the visit id. */
  tagParameter: string;
  /** Hosts of the brand that deep links may lead to. */
  allowedHosts: string[];
}

/** The brands' pages that tracking links lead to. */
@Injectable()
export class Landings {
  constructor(
    private readonly brands: Brands,
    private readonly clock: Clock,
    private readonly ids: Ids,
    private readonly outbox: Outbox,
    private readonly audit: AuditLog,
  ) {}

  /**
   * The landing.
   * @throws DomainError NOT_FOUND
   */
  async get(db: EntityManager | DataSource, landingId: string): Promise<Landing> {
    const landing = await this.find(db, landingId);
    if (!landing) throw notFound('landing');
    return landing;
  }

  /** The landing, or null. */
  async find(db: EntityManager | DataSource, landingId: string): Promise<Landing | null> {
    return db.getRepository(Landing).findOneBy({ id: landingId });
  }

  /**
   * What the redirect needs of a landing; inactive ones and those of archived brands keep working.
   * @throws DomainError NOT_FOUND
   */
  async getTarget(db: EntityManager | DataSource, landingId: string): Promise<LandingTarget> {
    const [target] = await db.query<LandingTarget[]>(
      `SELECT landings.url AS "landingUrl", landings.audience, brands.tag_parameter AS "tagParameter",
              brands.allowed_hosts AS "allowedHosts"
         FROM landings JOIN brands ON brands.id = landings.brand_id WHERE landings.id = $1`,
      [landingId],
    );
    if (!target) throw notFound('landing');
    return target;
  }

  /** Addresses by id, of those landings that exist. */
  async urlsOf(db: EntityManager | DataSource, ids: readonly string[]): Promise<ReadonlyMap<string, string>> {
    const landings = await db
      .getRepository(Landing)
      .find({ select: { id: true, url: true }, where: { id: In(ids) } });
    return new Map(landings.map(({ id, url }) => [id, url]));
  }

  /** Landings in the order they were made. */
  async list(db: EntityManager | DataSource, filter: LandingFilter): Promise<Page<Landing>> {
    const { brandId, audience, offered, limit, cursor } = filter;
    const query = db.getRepository(Landing).createQueryBuilder('landing').orderBy('landing.id', 'ASC');
    if (brandId !== undefined) query.andWhere({ brandId });
    if (audience !== undefined) query.andWhere({ audience });
    if (cursor !== undefined) query.andWhere({ id: MoreThan(idOfCursor(cursor)) });
    if (offered) {
      query.andWhere({ active: true });
      query.andWhere(
        `EXISTS (SELECT FROM brands WHERE brands.id = landing.brand_id AND brands.state = 'active')`,
      );
    }
    const rows = await query.limit(limit + 1).getMany();
    return toPage(rows, limit, ({ id }) => [id]);
  }

  /**
   * Adds a landing to a brand.
   * @throws DomainError NOT_FOUND for the brand
   */
  async create(tx: Tx, actor: Actor, input: NewLanding): Promise<Landing> {
    await this.brands.get(tx, input.brandId);
    const { brandId, title, url, audience } = input;
    const landing: Landing = {
      id: this.ids.next(),
      brandId,
      title,
      url,
      audience,
      active: true,
      createdAt: this.clock.now(),
    };
    await tx.getRepository(Landing).insert(landing);
    await this.audit.record(tx, actor, {
      action: 'landing.create',
      subject: { type: 'landing', id: landing.id },
      before: null,
      after: { ...landing },
    });
    return landing;
  }

  /**
   * Changes a landing; only the given fields. Links that lead to it follow a new address at once.
   * @throws DomainError NOT_FOUND
   */
  async change(tx: Tx, actor: Actor, landingId: string, change: LandingChange): Promise<Landing> {
    const repository = tx.getRepository(Landing);
    const before = await repository.findOne({
      where: { id: landingId },
      lock: { mode: 'pessimistic_write' },
    });
    if (!before) throw notFound('landing');
    const after = await repository.save({ ...before, ...givenOf(change) });
    await this.audit.record(tx, actor, {
      action: 'landing.change',
      subject: { type: 'landing', id: landingId },
      before: { ...before },
      after: { ...after },
    });
    if (after.url !== before.url) {
      const event: RedirectTargetsChanged = { brandId: before.brandId, landingId };
      await this.outbox.publish(tx, REDIRECT_TARGETS_CHANGED, event);
    }
    return after;
  }
}
