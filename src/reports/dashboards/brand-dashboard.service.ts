import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { BrandActor } from '../../identity/index.js';
import { startOfDay } from '../../platform/index.js';
import { DashboardFigures } from './dashboard-figures.service.js';
import type { BrandDashboardDto, DashboardQuery, OrderCountsDto } from './dashboards.dto.js';

/** What the people of a brand see first: what all partners bring it. */
@Injectable()
export class BrandDashboard {
  constructor(
    private readonly figures: DashboardFigures,
    private readonly dataSource: DataSource,
  ) {}

  /** @throws DomainError INVALID_PARAMETER (400), INVALID_CURRENCY (422) */
  async show({ brandId, userId }: BrandActor, query: DashboardQuery): Promise<BrandDashboardDto> {
    const view = await this.figures.view(userId, query);
    const scope = { ...view, scope: { partnerId: null }, filters: { brand_ids: brandId } };
    const figures = await this.figures.compare(scope, query);
    const { from, to } = figures.period;
    const span = [startOfDay(view.timeZone, from), startOfDay(view.timeZone, to, 1)];
    const [orders] = await this.dataSource.query<[OrderCountsDto]>(
      `SELECT count(*) FILTER (WHERE status = 'pending')::int AS pending, count(*) FILTER (WHERE status = 'approved')::int AS approved,
              count(*) FILTER (WHERE status = 'declined')::int AS declined
         FROM orders WHERE brand_id = $1 AND ordered_at >= $2 AND ordered_at < $3`,
      [brandId, ...span],
    );
    return { ...figures, orders };
  }
}
