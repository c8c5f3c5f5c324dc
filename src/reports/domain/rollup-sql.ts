import { type Family, countersOf, EVER, type Grain, keysOf, tableOf } from './catalogue/rollups.js';
import { counterNamed, sourceNamed, sourceOf, type SourceName, type TimeSql } from './catalogue/sources.js';

/** Hours to either side of a day's instants: where clocks are put back at midnight, a day has one twice. */
export const DAYS_MARGIN = { hours: 3 } as const;
const MARGIN = `interval '${DAYS_MARGIN.hours} hours'`;

/** SQL of the day that a mark of `report_marks` is about, in the zone. */
export function markedDaySql(zone: string): string {
  return `coalesce(day, (at AT TIME ZONE ${zone})::date)`;
}

/** Days of partners, from parameters: $1 partners, $2 days, $3 the zone. */
const DIRTY = `dirty AS MATERIALIZED (${dirtyDaysSql(
  'SELECT * FROM unnest($1::uuid[], $2::date[]) AS key (partner_id, day)',
  '$3::text',
)})`;

/**
 * SQL of days of partners, each once, with the instants between which its facts are, and some hours to either side.
 * @param keys SQL that yields `partner_id` and `day`
 */
export function dirtyDaysSql(keys: string, zone: string): string {
  return `SELECT DISTINCT partner_id, day,
            (day::timestamp AT TIME ZONE ${zone}) - ${MARGIN} AS starts,
            ((day + 1)::timestamp AT TIME ZONE ${zone}) + ${MARGIN} AS ends
       FROM (${keys}) AS key`;
}

/** Time of the facts of a dirty day, and the conditions that keep them to it. */
export function onDirtyDay(source: SourceName, zone: string): { time: TimeSql; conditions: string[] } {
  const { dimensions } = sourceNamed(source);
  const time = {
    ...EVER,
    from: 'dirty.starts',
    to: 'dirty.ends',
    fromDay: 'dirty.day',
    toDay: '(dirty.day + 1)',
    zone,
  };
  return {
    time,
    conditions: [`${dimensions.partner} = dirty.partner_id`, `${dimensions.local(time)}::date = dirty.day`],
  };
}

/** Takes the sums of the dirty days off those of a grain, or adds them: $1 to $3 as for {@link sumDirtyDaysSql}. */
export function moveDirtyDaysSql(family: Family, grain: Exclude<Grain, 'day'>, sign: 1 | -1): string {
  return `WITH ${DIRTY} ${addUpSql(family, grain, {
    sign,
    which: 'JOIN dirty ON dirty.partner_id = r.partner_id AND dirty.day = r.starts_on',
  })}`;
}

/** Deletes the sums of the dirty days: $1 to $3 as for {@link sumDirtyDaysSql}. */
export function deleteDirtyDaysSql(family: Family): string {
  return `WITH ${DIRTY} DELETE FROM ${tableOf(family, 'day')} r USING dirty
    WHERE r.partner_id = dirty.partner_id AND r.starts_on = dirty.day`;
}

/** Sums the facts of the dirty days: $1 partners, $2 their days, one beside the other, $3 the zone. */
export function sumDirtyDaysSql(family: Family): string {
  const facts = family.sources.map((source) => {
    const { time, conditions } = onDirtyDay(source, '$3::text');
    return rawSumsSql(family, source, { time, conditions, before: 'dirty CROSS JOIN' });
  });
  return `WITH ${DIRTY} ${insertSql(family, facts)}`;
}

/** Sums all facts of the family: $1 the zone. */
export function sumEverythingSql(family: Family): string {
  const time = { ...EVER, zone: '$1::text' };
  const facts = family.sources.map((source) =>
    rawSumsSql(family, source, { time, conditions: [], before: '' }),
  );
  return insertSql(family, facts);
}

/** Sums the visits of one day: $1 the zone, $2 the day, $3 and $4 its first instant and the one after its last. */
export function sumDayOfVisitsSql(family: Family): string {
  const time = {
    ...EVER,
    from: '$3::timestamptz',
    to: '$4::timestamptz',
    fromId: '$5::uuid',
    toId: '$6::uuid',
    zone: '$1::text',
  };
  const conditions = [`${sourceNamed('visits').dimensions.local(time)}::date = $2::date`];
  return insertSql(family, [rawSumsSql(family, 'visits', { time, conditions, before: '' })]);
}

/** Adds up the sums by day to those of a coarser grain. */
export function addUpSql(
  family: Family,
  grain: Exclude<Grain, 'day'>,
  { sign, which }: { sign: 1 | -1; which: string },
): string {
  const keys = keysOf(grain);
  const counters = countersOf(family);
  const shown = keys.map((key) =>
    key === 'starts_on' && grain === 'month'
      ? `date_trunc('month', r.starts_on::timestamp)::date`
      : `r.${key}`,
  );
  const sums = counters.map((counter) => `${sign === 1 ? '' : '-'}sum(r.${counter})`);
  return `INSERT INTO ${tableOf(family, grain)} AS total (${[...keys, ...counters].join(', ')})
    SELECT ${[...shown, ...sums].join(', ')} FROM ${tableOf(family, 'day')} r ${which}
     GROUP BY ${keys.map((_, index) => index + 1).join(', ')}
    ON CONFLICT (${keys.join(', ')}) DO UPDATE
       SET ${counters.map((counter) => `${counter} = total.${counter} + excluded.${counter}`).join(', ')}`;
}

/** What raw facts of a source are summed. */
export interface RawSums {
  readonly time: TimeSql;
  readonly conditions: readonly string[];
  /** What stands before the source in the FROM clause. */
  readonly before: string;
}

/** SQL of a source's sums by day and promo, with all counters of the family. */
export function rawSumsSql(family: Family, name: SourceName, { time, conditions, before }: RawSums): string {
  const { from, where, dimensions, currency, counters } = sourceNamed(name);
  const { local, partner, brand, campaign, promo } = dimensions;
  const sums = countersOf(family).map((counter) =>
    sourceOf(counter) === name ? `${counters[counter]!.sum} AS ${counter}` : `0 AS ${counter}`,
  );
  const joins = [...new Set(Object.values(counters).flatMap(({ join }) => join ?? []))].join(' ');
  return `SELECT ${local(time)}::date AS starts_on, ${partner} AS partner_id, ${brand} AS brand_id,
            ${campaign} AS campaign_id, ${promo} AS promo_id, ${currency} AS currency, ${sums.join(', ')}
       FROM ${before} ${from} ${joins}
      WHERE ${[where(time), ...conditions].join(' AND ')} GROUP BY 1, 2, 3, 4, 5, 6`;
}

/** Several sources' sums as rows of the family's table by day. */
function insertSql(family: Family, facts: readonly string[]): string {
  const keys = keysOf('day');
  const counters = countersOf(family);
  return `INSERT INTO ${tableOf(family, 'day')} (${[...keys, ...counters].join(', ')})
    SELECT ${[...keys, ...counters.map(summed)].join(', ')} FROM (${facts.join(' UNION ALL ')}) AS facts
     GROUP BY ${keys.join(', ')}`;
}

function summed(counter: string): string {
  return `sum(${counter})${counterNamed(counter).unit === 'count' ? '::bigint' : ''}`;
}
