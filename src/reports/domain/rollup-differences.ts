import { type Family, countersOf, EVER, type Grain, keysOf, tableOf } from './catalogue/rollups.js';
import { sourceNamed } from './catalogue/sources.js';
import { markedDaySql, rawSumsSql } from './rollup-sql.js';

/** Days of partners whose sums are not those of their facts; without those marked as changed. $1 is the zone. */
export function factDifferencesSql(family: Family): string {
  const time = { ...EVER, zone: '$1::text' };
  const facts = family.sources.map((source) =>
    rawSumsSql(family, source, { time, conditions: [], before: '' }),
  );
  const marks = `SELECT partner_id, ${markedDaySql('$1::text')} FROM report_marks`;
  return differing(family, keysOf('day'), facts, `WHERE (partner_id, starts_on) NOT IN (${marks})`);
}

/** Days of partners whose summed visits are not those there are. $1 is the zone, $2 the day after the last summed one. */
export function visitDifferencesSql(family: Family): string {
  const time = { ...EVER, zone: '$1::text' };
  const conditions = [`${sourceNamed('visits').dimensions.local(time)}::date < $2::date`];
  return differing(
    family,
    keysOf('day'),
    [rawSumsSql(family, 'visits', { time, conditions, before: '' })],
    '',
  );
}

/** Sums of a coarser grain that are not those of their days. */
export function coarseDifferencesSql(family: Family, grain: Exclude<Grain, 'day'>): string {
  const keys = keysOf(grain);
  const shown = keys.map((key) =>
    key === 'starts_on' && grain === 'month'
      ? `date_trunc('month', starts_on::timestamp)::date AS starts_on`
      : key,
  );
  const days = `SELECT ${[...shown, ...countersOf(family)].join(', ')} FROM ${tableOf(family, 'day')}`;
  return differing(family, keys, [days], '', grain);
}

/** Keys of which the stored sums and the ones that the parts give are not the same. */
function differing(
  family: Family,
  keys: readonly string[],
  parts: readonly string[],
  where: string,
  grain: Grain = 'day',
): string {
  const counters = countersOf(family);
  const negated = counters.map((counter) => `-${counter}`).join(', ');
  const stored = `SELECT ${[...keys, ...counters].join(', ')} FROM ${tableOf(family, grain)}`;
  const taken = parts.map((part) => `SELECT ${keys.join(', ')}, ${negated} FROM (${part}) AS part`);
  const partner = keys.includes('partner_id') ? 'partner_id' : 'NULL::uuid';
  return `SELECT DISTINCT starts_on::text AS "startsOn", ${partner} AS "partnerId" FROM (
      SELECT ${keys.join(', ')} FROM (${[stored, ...taken].join(' UNION ALL ')}) AS compared
       ${where} GROUP BY ${keys.join(', ')}
      HAVING ${counters.map((counter) => `sum(${counter}) <> 0`).join(' OR ')}) AS differing
    ORDER BY 1, 2`;
}
