import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { DataSource, EntityManager } from 'typeorm';
import { Clock, Ids, Money, type Tx } from '../../platform/index.js';
import { RequestKinds } from '../requests/request-kinds.js';
import { PartnerRequests, type Requester } from '../requests/partner-requests.service.js';
import type { AdPackagePreview } from './ad-packages.dto.js';
import { AdPackages } from './ad-packages.service.js';
import { adPackageNotOffered } from './ads.errors.js';
import { Impressions } from './impressions.service.js';

type PreviewRow = Omit<AdPackagePreview, 'impressions'> & { id: string; impressions: string };

/** Requests for advertising packages: the approval credits the impressions that were asked for, once (O05). */
@Injectable()
export class AdPackageRequests implements OnModuleInit {
  constructor(
    private readonly kinds: RequestKinds,
    private readonly requests: PartnerRequests,
    private readonly packages: AdPackages,
    private readonly impressions: Impressions,
    private readonly ids: Ids,
    private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    this.kinds.register({
      kind: 'ad_package',
      onApproved: (tx, _actor, { partnerId, subjectId }) => this.credit(tx, partnerId, subjectId),
      preview: previews,
    });
  }

  /**
   * Asks for a package; the request keeps its impressions and price of this moment.
   * @returns the request's id
   * @throws DomainError NOT_FOUND, AD_PACKAGE_NOT_OFFERED (409), PARTNER_STATE_CONFLICT (409)
   */
  async open(tx: Tx, requester: Requester, adPackageId: string, description: string | null): Promise<string> {
    const { name, impressions, price, active } = await this.packages.get(tx, adPackageId);
    if (!active) throw adPackageNotOffered();
    const orderId = this.ids.next();
    await tx.query(
      `INSERT INTO impression_orders (id, partner_id, ad_package_id, package_name, impressions, ordered_at)
       VALUES ($1, $2, $3, $4, $5, $6)`,
      [orderId, requester.partnerId, adPackageId, name, impressions, this.clock.now()],
    );
    return this.requests.open(tx, requester, {
      kind: 'ad_package',
      subjectId: orderId,
      title: name,
      price: Money.parseNonNegative(price.amount, price.currency),
      description,
    });
  }

  private async credit(tx: Tx, partnerId: string, orderId: string): Promise<void> {
    const [order] = await tx.query<[{ impressions: string }]>(
      'SELECT impressions FROM impression_orders WHERE id = $1 AND partner_id = $2',
      [orderId, partnerId],
    );
    await this.impressions.credit(tx, { partnerId, orderId, amount: Number(order.impressions) });
  }
}

async function previews(
  db: EntityManager | DataSource,
  orderIds: readonly string[],
): Promise<ReadonlyMap<string, AdPackagePreview>> {
  const rows = await db.query<PreviewRow[]>(
    `SELECT id, ad_package_id AS "adPackageId", package_name AS "packageName", impressions
       FROM impression_orders WHERE id = ANY ($1)`,
    [orderIds],
  );
  return new Map(
    rows.map(({ id, impressions, ...order }) => [id, { ...order, impressions: Number(impressions) }]),
  );
}
