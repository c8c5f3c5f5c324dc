import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { Brands } from '../brands/index.js';
import { CommissionPlans } from '../commissions/index.js';
import { Partners } from '../partner-management/index.js';
import { mapPage, notFound, type Page, refuseBackwards, toPage } from '../platform/index.js';
import { BillCorrection } from './bill-correction.entity.js';
import { BillHolds } from './bill-holds.service.js';
import { findLines } from './bill-line-book.js';
import { BillPayouts } from './bill-payouts.service.js';
import { type BillSort, placeInList, sortBills } from './bill-sorts.js';
import { type AboutBills, toBill, toBillSummary } from './bill-view.js';
import { Bill } from './bill.entity.js';
import type { BillDto, BillSummaryDto, OperatorBillDto } from './bills.dto.js';
import type { BillState } from './domain/bill-state.js';
import { ReviewHolds } from './review-holds.service.js';

/** Which bills to list; days are YYYY-MM-DD in each plan's zone, inclusive. */
export interface BillFilter {
  readonly partnerId?: string;
  readonly brandId?: string;
  readonly planId?: string;
  readonly runId?: string;
  readonly currency?: string;
  readonly state?: BillState;
  readonly from?: string;
  readonly to?: string;
  readonly sort: BillSort;
  readonly limit: number;
  readonly cursor?: string;
}

const EXACT_FILTERS = ['partnerId', 'brandId', 'planId', 'runId', 'currency', 'state'] as const;

/** Bills as partners and operators read them (A13). */
@Injectable()
export class Bills {
  constructor(
    private readonly brands: Brands,
    private readonly plans: CommissionPlans,
    private readonly partners: Partners,
    private readonly payouts: BillPayouts,
    private readonly holds: BillHolds,
    private readonly reviewHolds: ReviewHolds,
  ) {}

  /**
   * A page of bills.
   * @throws DomainError INVALID_CURSOR (400), also for a cursor of another order; VALIDATION_FAILED (400) for `to` before
   *   `from`
   */
  async list(db: EntityManager, filter: BillFilter): Promise<Page<BillSummaryDto>> {
    const { from, to, sort, limit, cursor } = filter;
    refuseBackwards({ from, to });
    const query = db
      .getRepository(Bill)
      .createQueryBuilder('bill')
      .limit(limit + 1);
    sortBills(query, sort, cursor);
    for (const name of EXACT_FILTERS) {
      if (filter[name] !== undefined) query.andWhere(`bill.${name} = :${name}`, { [name]: filter[name] });
    }
    if (from !== undefined) query.andWhere('bill.lastDay >= :from', { from });
    if (to !== undefined) query.andWhere('bill.firstDay <= :to', { to });
    const page = toPage(await query.getMany(), limit, (bill) => placeInList(bill, sort));
    const about = await this.about(db, page.items);
    return mapPage(page, (bill) => toBillSummary(bill, about));
  }

  /**
   * A bill with its lines and corrections.
   * @param partnerId whose bill it must be; another partner's bill does not exist
   * @throws DomainError NOT_FOUND
   */
  async get(db: EntityManager, id: string, partnerId?: string): Promise<BillDto> {
    const bill = await this.find(db, id, partnerId);
    const lines = await findLines(db, { billId: id });
    const corrections = await db
      .getRepository(BillCorrection)
      .find({ where: { billId: id }, order: { id: 'ASC' } });
    return toBill(bill, lines, corrections, await this.about(db, [bill]));
  }

  /** A bill with the fraud signals about what it pays for, as operators see it. @throws DomainError NOT_FOUND */
  async getForOperator(db: EntityManager, id: string): Promise<OperatorBillDto> {
    const bill = await this.get(db, id);
    const { partner, plan } = bill;
    const signals = await this.reviewHolds.signalsOf(db, { id, partnerId: partner.id, planId: plan.id });
    const fraudSignals = signals.map(({ id: signalId, rule, state, playerId, orderId, promoId }) => ({
      ...{ id: signalId, rule, state, playerId, orderId, promoId },
    }));
    return { ...bill, fraudSignals };
  }

  /** The currency of a bill. @throws DomainError NOT_FOUND, also for another partner's bill */
  async currencyOf(db: EntityManager, id: string, partnerId?: string): Promise<string> {
    return (await this.find(db, id, partnerId)).currency;
  }

  private async find(db: EntityManager, id: string, partnerId?: string): Promise<Bill> {
    const whose = partnerId === undefined ? {} : { partnerId };
    const bill = await db.getRepository(Bill).findOneBy({ id, ...whose });
    if (!bill) throw notFound('bill');
    return bill;
  }

  private async about(db: EntityManager, bills: readonly Bill[]): Promise<AboutBills> {
    const idsOf = (key: 'partnerId' | 'brandId' | 'planId') => [...new Set(bills.map((bill) => bill[key]))];
    return {
      partners: await this.partners.names(db, idsOf('partnerId')),
      brands: await this.brands.names(db, idsOf('brandId')),
      plans: await this.plans.names(db, idsOf('planId')),
      payouts: await this.payouts.of(db, bills),
      holds: await this.holds.of(db, bills.filter(({ state }) => state === 'on_hold').map(({ id }) => id)), // prettier-ignore
    };
  }
}
