import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { Snapshots } from '../../platform/index.js';
import { type Family, FAMILIES, type Grain, tableOf } from '../domain/catalogue/rollups.js';
import {
  coarseDifferencesSql,
  factDifferencesSql,
  visitDifferencesSql,
} from '../domain/rollup-differences.js';

/** Sums that are not those of the facts. */
export interface Difference {
  /** The table that is wrong. */
  readonly table: string;
  /** First day of the sums. */
  readonly startsOn: string;
  /** Null where sums of brands differ. */
  readonly partnerId: string | null;
}

const MOST_DIFFERENCES = 100;
const COARSER: readonly Exclude<Grain, 'day'>[] = ['month', 'brand'];

/** Compares the sums of reports with the raw facts. */
@Injectable()
export class RollupsCheck {
  constructor(private readonly snapshots: Snapshots) {}

  /** The first hundred differences; none of what is marked as changed, or not summed yet, is one. */
  async compare(): Promise<Difference[]> {
    return this.snapshots.read(differencesOf, { statement_timeout: 0 });
  }
}

async function differencesOf(db: EntityManager): Promise<Difference[]> {
  const [{ zone, before }] = await db.query<[{ zone: string | null; before: string | null }]>(
    'SELECT time_zone AS zone, visits_before::text AS before FROM report_rollups',
  );
  if (zone === null) return [];
  const found: Difference[] = [];
  const look = async (table: string, sql: string, values: unknown[]): Promise<void> => {
    const rows = await db.query<Omit<Difference, 'table'>[]>(`${sql} LIMIT ${MOST_DIFFERENCES}`, values);
    found.push(...rows.map((row) => ({ table, ...row })));
  };
  await look(tableOf(FAMILIES.facts, 'day'), factDifferencesSql(FAMILIES.facts), [zone]);
  if (before !== null) {
    await look(tableOf(FAMILIES.visits, 'day'), visitDifferencesSql(FAMILIES.visits), [zone, before]);
  }
  for (const family of Object.values<Family>(FAMILIES)) {
    for (const grain of COARSER) await look(tableOf(family, grain), coarseDifferencesSql(family, grain), []);
  }
  return found.slice(0, MOST_DIFFERENCES);
}
