import { EARNED_FOR_THOSE_ABOVE } from '../../billing/index.js';
import { LEVELS } from '../../referrals/index.js';

/**
 * `tree`: everybody below the partner $1. Each one carries the campaign and the promo of the first step: the partner's
 * own ones, through which the whole branch came. A step is one look into the index by inviter. $2 to $4 narrow it to a
 * campaign, a promo and a level.
 */
const TREE = `
  tree AS (
    SELECT partner_id, inviter_id, level, campaign_id, promo_id FROM below WHERE $4::int IS NULL OR level = $4)`;

const BELOW = `
  WITH RECURSIVE below AS (
    SELECT partner_id, inviter_id, 1 AS level, campaign_id, promo_id FROM sub_affiliates
     WHERE inviter_id = $1 AND ($2::uuid IS NULL OR campaign_id = $2) AND ($3::uuid IS NULL OR promo_id = $3)
    UNION ALL
    SELECT next.partner_id, next.inviter_id, below.level + 1, below.campaign_id, below.promo_id
      FROM below JOIN sub_affiliates next ON next.inviter_id = below.partner_id
     WHERE below.level < coalesce($4, ${LEVELS}))`;

/** Begins a statement with `tree`. */
export const WITH_TREE = `${BELOW}, ${TREE}`;

/** The level is the last part of the keys of lines for sub-affiliates. */
const LEVEL_OF_LINE = `split_part(l.line_key, ':', -1)::int`;

/** What the partner $1 was billed for those below: lines `l` of bills `bill`, narrowed as {@link WITH_TREE} is. */
export const LINES_FOR_BELOW = `
  SELECT l.plan_id, l.line_key, l.period_start, l.campaign_id, l.promo_id, ${LEVEL_OF_LINE} AS level, l.amount_minor,
         bill.brand_id, bill.currency, bill.last_day
    FROM bill_lines l JOIN bills bill ON bill.id = l.bill_id AND bill.state <> 'cancelled'
   WHERE l.partner_id = $1 AND l.strategy = 'sub_affiliate'
     AND ($2::uuid IS NULL OR l.campaign_id = $2) AND ($3::uuid IS NULL OR l.promo_id = $3)
     AND ($4::int IS NULL OR ${LEVEL_OF_LINE} = $4)`;

const LENGTH = `CASE plan.period WHEN 'daily' THEN interval '1 day' WHEN 'weekly' THEN interval '7 days'
                                 ELSE interval '1 month' END`;

/** Division with one rounding, half to even, as `divideHalfEven` does it. */
const halfEven = (n: string, d: string): string => `
  div(${n}, ${d}) + sign(${n}) * sign(${d})
    * (CASE WHEN 2 * abs(mod(${n}, ${d})) > abs(${d})
              OR 2 * abs(mod(${n}, ${d})) = abs(${d}) AND mod(div(${n}, ${d}), 2) <> 0 THEN 1 ELSE 0 END)`;

/**
 * `shares`: what of those lines comes from whom. A line is shared along what the partners of its level below its promo
 * earned in its period, in the order of their ids, so that the parts add up to it exactly: as the line is explained.
 */
export const SHARES = `
  lines AS (
    SELECT row_number() OVER () AS line, l.period_start AS start_at, l.campaign_id, l.promo_id, l.level, l.brand_id,
           l.currency, sum(l.amount_minor) AS amount,
           (date_trunc('day', l.period_start AT TIME ZONE plan.time_zone) + ${LENGTH}) AT TIME ZONE plan.time_zone AS end_at
      FROM (${LINES_FOR_BELOW}) l JOIN commission_plans plan ON plan.id = l.plan_id
     GROUP BY l.plan_id, l.line_key, l.period_start, l.campaign_id, l.promo_id, l.level, l.brand_id, l.currency,
              plan.period, plan.time_zone),
  earned AS MATERIALIZED (
    SELECT tree.partner_id, tree.promo_id, tree.campaign_id, tree.level, bill.brand_id, l.period_start,
           sum(l.amount_minor) AS base
      FROM tree
      JOIN bill_lines l ON l.partner_id = tree.partner_id
      JOIN bills bill ON bill.id = l.bill_id AND ${EARNED_FOR_THOSE_ABOVE}
     GROUP BY tree.partner_id, tree.promo_id, tree.campaign_id, tree.level, bill.brand_id, l.period_start),
  bases AS (
    SELECT lines.line, lines.currency, lines.amount, earned.partner_id, sum(earned.base) AS base
      FROM lines JOIN earned
        ON earned.promo_id = lines.promo_id AND earned.campaign_id = lines.campaign_id AND earned.level = lines.level
       AND earned.brand_id = lines.brand_id
       AND earned.period_start >= lines.start_at AND earned.period_start < lines.end_at
     GROUP BY lines.line, lines.currency, lines.amount, earned.partner_id),
  placed AS (
    SELECT partner_id, currency, amount, base, sum(base) OVER (PARTITION BY line ORDER BY partner_id) AS running,
           sum(base) OVER (PARTITION BY line) AS total
      FROM bases),
  shares AS (
    SELECT partner_id, currency,
           sum(${halfEven('amount * running', 'total')} - (${halfEven('amount * (running - base)', 'total')})) AS minor
      FROM placed WHERE total <> 0 GROUP BY partner_id, currency)`;
