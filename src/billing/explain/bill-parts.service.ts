import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { shareAlong } from '../../commissions/index.js';
import { Partners } from '../../partner-management/index.js';
import { idOfCursor, Money, type Page, toPage } from '../../platform/index.js';
import { Branches } from '../../referrals/index.js';
import type { BillLine } from '../bill-line.entity.js';
import type { Bill } from '../bill.entity.js';
import { EARNED_FOR_THOSE_ABOVE } from '../sub-affiliate-commissions.service.js';
import type { LinePartDto } from './line-explanation.dto.js';
import { PLAIN_PART, type PartsPage, type StrategyLine } from './line-parts.service.js';

interface LineRow {
  id: string;
  bill_id: string;
  amount_minor: string;
}

/** Lines that rest on other lines: on what partners below were billed, and on what bills leave to each other. */
@Injectable()
export class BillParts {
  constructor(
    private readonly branches: Branches,
    private readonly partners: Partners,
  ) {}

  /** The partners of the line's level, below its promo, with what they earned; in the order of their ids. */
  async ofPartners(
    db: EntityManager,
    { promo, now, line }: StrategyLine,
    bill: Pick<Bill, 'brandId' | 'currency'>,
    level: number,
    page: PartsPage,
  ): Promise<Page<LinePartDto>> {
    const below = await this.branches.below(db, [promo.partnerId]);
    const ids = below
      .filter(
        (one) => one.level === level && one.promoId === promo.promoId && one.campaignId === promo.campaignId,
      )
      .map(({ partnerId }) => partnerId);
    const rows = await db.query<{ partner_id: string; base: string }[]>(
      `SELECT l.partner_id, sum(l.amount_minor)::text AS base
         FROM bill_lines l JOIN bills bill ON bill.id = l.bill_id AND ${EARNED_FOR_THOSE_ABOVE}
        WHERE l.partner_id = ANY($1) AND bill.brand_id = $2 AND l.period_start >= $3 AND l.period_start < $4
        GROUP BY l.partner_id ORDER BY l.partner_id`,
      [ids, bill.brandId, now.period.start, now.period.end],
    );
    const amounts = shareAlong(line?.amountMinor ?? 0n, rows.map(({ base }) => BigInt(base))); // prettier-ignore
    const after = idOfCursor(page.cursor);
    const parts = rows
      .map(({ partner_id: id, base }, index) => ({ id, base, amountMinor: amounts[index]! }))
      .filter(({ id }) => after === null || id > after);
    const shown = toPage(parts, page.limit, ({ id }) => [id]);
    const names = await this.partners.names(db, shown.items.map(({ id }) => id)); // prettier-ignore
    const items = shown.items.map(({ id, base, amountMinor }): LinePartDto => {
      return {
        ...PLAIN_PART,
        ...{ kind: 'partner', id, externalId: names.get(id) ?? null },
        base: Money.of(BigInt(base), bill.currency).toString(),
        amount: Money.of(amountMinor, bill.currency).toJSON(),
      };
    });
    return { items, nextCursor: shown.nextCursor };
  }

  /** The lines that a line about the whole bill comes from. */
  async ofLines(db: EntityManager, bill: Bill, line: BillLine, page: PartsPage): Promise<Page<LinePartDto>> {
    const source = SOURCES[line.kind];
    if (source === undefined) return { items: [], nextCursor: null };
    const rows = await db.query<LineRow[]>(source, [
      bill.id,
      line.id,
      line.periodStart,
      idOfCursor(page.cursor),
      page.limit + 1,
    ]);
    const items = rows.map((row): LinePartDto => {
      const { id, bill_id: billId, amount_minor: minor } = row;
      const amount = Money.of(BigInt(minor), bill.currency).toJSON();
      return { ...PLAIN_PART, kind: 'line', id, billId, amount };
    });
    return toPage(items, page.limit, ({ id }) => [id]);
  }
}

/**
 * By kind. A debt comes from the line that left it on the partner's bill before; one is left by all other lines; a
 * period that is not carried on consists of its lines of the same bill. $1 is the bill, $2 the line, $3 its period.
 */
const SOURCES: Partial<Record<BillLine['kind'], string>> = {
  carry_in: `
    SELECT l.id, l.bill_id, l.amount_minor FROM bill_lines l
     WHERE l.kind = 'carry_out' AND $2::uuid IS NOT NULL AND $3::timestamptz IS NOT NULL
       AND ($4::uuid IS NULL OR l.id > $4)
       AND l.bill_id = (SELECT before.id FROM bills bill
                          JOIN bills before ON before.partner_id = bill.partner_id AND before.plan_id = bill.plan_id
                           AND before.brand_id = bill.brand_id AND before.currency = bill.currency AND before.id < bill.id
                           AND before.state <> 'cancelled'
                         WHERE bill.id = $1 ORDER BY before.id DESC LIMIT 1)
     ORDER BY l.id LIMIT $5`,
  carry_out: `
    SELECT id, bill_id, amount_minor FROM bill_lines
     WHERE bill_id = $1 AND id <> $2 AND $3::timestamptz IS NOT NULL AND ($4::uuid IS NULL OR id > $4)
     ORDER BY id LIMIT $5`,
  not_carried: `
    SELECT id, bill_id, amount_minor FROM bill_lines
     WHERE bill_id = $1 AND id <> $2 AND kind = 'period' AND period_start = $3 AND ($4::uuid IS NULL OR id > $4)
     ORDER BY id LIMIT $5`,
};
