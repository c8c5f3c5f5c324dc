import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { PartnerActor } from '../../identity/index.js';
import { Money, startOfDay } from '../../platform/index.js';
import { Earnings, Wallets } from '../../wallet/index.js';
import { DisplayCurrency } from '../display-currency.service.js';
import { DashboardFigures, type FigureScope } from './dashboard-figures.service.js';
import { DashboardShowcase } from './dashboard-showcase.service.js';
import type {
  DashboardBalanceDto,
  DashboardQuery,
  PartnerDashboardDto,
  PartnerMonthDto,
} from './dashboards.dto.js';

/** What a partner sees first (A01, T01). */
@Injectable()
export class PartnerDashboard {
  constructor(
    private readonly figures: DashboardFigures,
    private readonly wallets: Wallets,
    private readonly earnings: Earnings,
    private readonly display: DisplayCurrency,
    private readonly showcase: DashboardShowcase,
    private readonly dataSource: DataSource,
  ) {}

  /** @throws DomainError INVALID_PARAMETER (400), INVALID_CURRENCY (422) */
  async show(actor: PartnerActor, query: DashboardQuery): Promise<PartnerDashboardDto> {
    const { partnerId, userId, permissions } = actor;
    const view = await this.figures.view(userId, query);
    const figures = await this.figures.compare({ ...view, scope: { partnerId }, filters: {} }, query);
    return {
      ...figures,
      balances: permissions.has('partner:wallet:read') ? await this.balances(partnerId) : null,
      month: await this.month(partnerId, view),
      ...(await this.showcase.show(actor)),
    };
  }

  private async balances(partnerId: string): Promise<DashboardBalanceDto[]> {
    const balances = await this.wallets.balances(this.dataSource, partnerId);
    return balances.map(({ currency, available, processing, paid, pending, onHold }) => ({
      currency,
      available: available.toJSON(),
      processing: processing.toJSON(),
      paid: paid.toJSON(),
      pending: pending.toJSON(),
      onHold: onHold.toJSON(),
    }));
  }

  private async month(
    partnerId: string,
    { timeZone, currency }: Pick<FigureScope, 'timeZone' | 'currency'>,
  ): Promise<PartnerMonthDto> {
    const from = this.figures.now(timeZone).startOf('month').toISODate();
    const start = startOfDay(timeZone, from);
    const before = this.figures.now(timeZone).plus(1).toJSDate();
    const [orders] = await this.dataSource.query<[{ count: number }]>(
      `SELECT count(*)::int AS count FROM orders
        WHERE partner_id = $1 AND ordered_at >= $2 AND ordered_at < $3 AND status <> 'declined'`,
      [partnerId, start, before],
    );
    const bills = await this.dataSource.query<{ currency: string; minor: string }[]>(
      `SELECT currency, sum(payable_minor)::text AS minor FROM bills
        WHERE partner_id = $1 AND created_at >= $2 AND state <> 'cancelled' GROUP BY currency ORDER BY currency`,
      [partnerId, start],
    );
    const span = { ownerId: partnerId, from: start, before };
    const earned = new Map(await this.earnings.rewards(this.dataSource, span));
    for (const { currency, minor } of bills)
      earned.set(currency, (earned.get(currency) ?? 0n) + BigInt(minor));
    const earnings = [...earned].sort().map(([currency, minor]) => Money.of(minor, currency));
    const used = await this.display.ratesTo(this.dataSource, currency, earnings.map(({ currency }) => currency)); // prettier-ignore
    return {
      from,
      ordersCount: orders.count,
      earnings: earnings.map((money) => money.toJSON()),
      earningsConverted: used.sum(earnings)?.toJSON() ?? null,
    };
  }
}
