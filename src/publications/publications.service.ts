import { Injectable } from '@nestjs/common';
import type { DataSource, EntityManager } from 'typeorm';
import { Brands } from '../brands/index.js';
import { Partners, SocialAccounts } from '../partner-management/index.js';
import { Conditions, idOfCursor, type Page, toPage } from '../platform/index.js';
import { PartnerPromoCodes } from '../tracking/index.js';
import {
  type Action,
  type Reviewed,
  type Side,
  type State,
  type Step,
  stepsOf,
} from './domain/publication-state.js';
import { getPublication, type Publication, type Scope, selectPublications } from './publication-rows.js';
import { type Submission, Submissions } from './submissions.service.js';

type Db = EntityManager | DataSource;

/** A publication with the names of those who take part. */
export interface ListedPublication {
  publication: Publication;
  brand: string;
  partner: string;
  /** Null once the partner is erased. */
  handle: string | null;
  /** The creator's code of the offer, once it has one. */
  promoCode: string | null;
}

/** A line of the history. */
export interface PublicationEvent {
  action: Action | 'apply' | 'reverse';
  from: Step | null;
  to: Step;
  side: Side;
  reason: string | null;
  occurredAt: Date;
}

/** A publication with all that belongs to it. */
export interface PublicationDetail extends ListedPublication {
  submissions: Submission[];
  history: PublicationEvent[];
}

export interface PublicationFilter extends Scope {
  state?: State;
  reviewOf?: Reviewed;
  offerId?: string;
  limit: number;
  cursor?: string;
}

/** Shows publications to creators, brands and operators (T05). */
@Injectable()
export class Publications {
  constructor(
    private readonly brands: Brands,
    private readonly partners: Partners,
    private readonly accounts: SocialAccounts,
    private readonly codes: PartnerPromoCodes,
    private readonly submissions: Submissions,
  ) {}

  /** A page of publications, newest first. */
  async list(db: Db, filter: PublicationFilter): Promise<Page<ListedPublication>> {
    const conditions = new Conditions();
    conditions.add('p.partner_id = ?', filter.partnerId);
    conditions.add('p.brand_id = ?', filter.brandId);
    conditions.add('p.offer_id = ?', filter.offerId);
    conditions.add('p.step = ANY(?)', stepsOf(filter.state, filter.reviewOf));
    conditions.add('p.id < ?', idOfCursor(filter.cursor));
    const rows = await selectPublications(
      db,
      `WHERE ${conditions.sql} ORDER BY p.id DESC LIMIT ${filter.limit + 1}`,
      conditions.parameters,
    );
    const page = toPage(rows, filter.limit, ({ id }) => [id]);
    return { ...page, items: await this.withNames(db, page.items) };
  }

  /**
   * The publication with its versions, evidence and history. What brands wrote about creators who were erased is gone, and
   * not shown from the history either, which only grows (B12).
   * @throws DomainError NOT_FOUND, also for another's
   */
  async get(db: Db, scope: Scope, id: string): Promise<PublicationDetail> {
    const [listed] = await this.withNames(db, [await getPublication(db, scope, id)]);
    const { state } = await this.partners.get(db, listed!.publication.partnerId);
    const history = await db.query<PublicationEvent[]>(
      `SELECT action, from_step AS "from", to_step AS "to", side, CASE WHEN NOT $2 THEN reason END AS reason,
              occurred_at AS "occurredAt"
         FROM publication_history WHERE publication_id = $1 ORDER BY id`,
      [id, state === 'erased'],
    );
    return { ...listed!, submissions: await this.submissions.listOf(db, id), history };
  }

  /** The creator's newest publication at each of the offers, by offer. */
  async ownAt(
    db: Db,
    partnerId: string,
    offerIds: readonly string[],
  ): Promise<ReadonlyMap<string, Publication>> {
    const rows = await selectPublications(
      db,
      'WHERE p.partner_id = $1 AND p.offer_id = ANY($2) ORDER BY p.id',
      [partnerId, offerIds],
    );
    return new Map(rows.map((publication) => [publication.offerId, publication]));
  }

  private async withNames(db: Db, publications: readonly Publication[]): Promise<ListedPublication[]> {
    const partnerIds = [...new Set(publications.map(({ partnerId }) => partnerId))];
    const brands = await this.brands.names(db, [...new Set(publications.map(({ brandId }) => brandId))]);
    const partners = await this.partners.names(db, partnerIds);
    const handles = await this.accounts.handlesOf(
      db,
      publications.flatMap(({ socialAccountId }) => socialAccountId ?? []),
    );
    const pools = publications.flatMap(({ promoCodePoolId }) => promoCodePoolId ?? []);
    const codes = await this.codes.codesOf(db, [...new Set(pools)], partnerIds);
    return publications.map((publication) => ({
      publication,
      brand: brands.get(publication.brandId)!,
      partner: partners.get(publication.partnerId)!,
      handle: handles.get(publication.socialAccountId ?? '') ?? null,
      promoCode: codes.get(`${publication.promoCodePoolId} ${publication.partnerId}`) ?? null,
    }));
  }
}
