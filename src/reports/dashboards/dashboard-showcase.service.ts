import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Brands, Deals } from '../../brands/index.js';
import { NewsReading } from '../../content/index.js';
import type { PartnerActor } from '../../identity/index.js';
import type { DashboardDealDto, DashboardNewsDto, PartnerDashboardDto } from './dashboards.dto.js';

/** Top brands and latest deals. */
const SHOWN = 5;
const NEWS_SHOWN = 3;

/** What the program shows partners beside their figures (T01, A21). */
@Injectable()
export class DashboardShowcase {
  constructor(
    private readonly brands: Brands,
    private readonly deals: Deals,
    private readonly news: NewsReading,
    private readonly dataSource: DataSource,
  ) {}

  /** The best brands, the latest deals, and the latest news for those who may read it. */
  async show(actor: PartnerActor): Promise<Pick<PartnerDashboardDto, 'topBrands' | 'latestDeals' | 'news'>> {
    return {
      topBrands: await this.brands.topRated(this.dataSource, SHOWN),
      latestDeals: await this.latestDeals(),
      news: actor.permissions.has('partner:news:read') ? await this.latestNews(actor) : null,
    };
  }

  private async latestDeals(): Promise<DashboardDealDto[]> {
    const deals = await this.deals.latest(this.dataSource, SHOWN);
    return deals.map(({ id, brandId, brandName, title, link, code, kind, size, endsAt }) => ({
      ...{ id, brandId, brandName, title, link, code, kind, size, endsAt },
    }));
  }

  private async latestNews(actor: PartnerActor): Promise<DashboardNewsDto> {
    const { items, unreadCount } = await this.news.list(actor, { limit: NEWS_SHOWN });
    return { latest: items, unreadCount };
  }
}
