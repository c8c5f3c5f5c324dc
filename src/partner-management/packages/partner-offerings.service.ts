import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Entitlements } from './entitlements.service.js';
import type { PartnerAddOns, PartnerPackages } from './offerings.dto.js';
import { Offerings } from './offerings.service.js';
import { wholeList } from '../../platform/index.js';

/** What a partner has, and what it may ask for. */
@Injectable()
export class PartnerOfferings {
  constructor(
    private readonly dataSource: DataSource,
    private readonly offerings: Offerings,
    private readonly entitlements: Entitlements,
  ) {}

  /** The partner's package with what is used of it, and the packages that it may ask for. */
  async packages(partnerId: string): Promise<PartnerPackages> {
    const [partner] = await this.dataSource.query<{ own: string | null; requested: string | null }[]>(
      `SELECT p.package_id AS own, r.package_id AS requested
         FROM partners p
         LEFT JOIN partner_requests r ON r.partner_id = p.id AND r.kind = 'partnership' AND r.state = 'pending'
        WHERE p.id = $1`,
      [partnerId],
    );
    const { own = null, requested = null } = partner ?? {};
    const offered = await this.offerings.list(this.dataSource, 'package', { state: 'active' });
    const allowed = await this.entitlements.of(this.dataSource, partnerId);
    return {
      own: own === null ? null : await this.offerings.get(this.dataSource, 'package', own),
      usage: await this.entitlements.usage(this.dataSource, partnerId),
      features: allowed && allowed.features,
      ...wholeList(offered.map((one) => ({ ...one, own: one.id === own, requested: one.id === requested }))),
    };
  }

  /** The add-ons that the partner may ask for, and those that it has. */
  async addOns(partnerId: string): Promise<PartnerAddOns> {
    const rows = await this.dataSource.query<{ id: string; owned: number; requested: boolean }[]>(
      `SELECT a.id, count(g)::int AS owned,
              EXISTS (SELECT FROM partner_requests r
                       WHERE r.partner_id = $1 AND r.kind = 'add_on' AND r.state = 'pending' AND r.subject_id = a.id) AS requested
         FROM add_ons a LEFT JOIN partner_add_ons g ON g.add_on_id = a.id AND g.partner_id = $1
        GROUP BY a.id`,
      [partnerId],
    );
    const own = new Map(rows.map((row) => [row.id, row]));
    const all = await this.offerings.list(this.dataSource, 'add_on', { state: 'all' });
    const items = all.map((one) => ({ ...one, owned: 0, requested: false, ...own.get(one.id) }));
    return wholeList(items.filter(({ state, owned }) => state === 'active' || owned > 0));
  }
}
