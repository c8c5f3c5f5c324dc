import { type Fields, type ParsedBatch, parseEach } from './item-fault.js';
import { fault, getText, getTime, parseInteger } from './read-fields.js';

/** A deposit as a brand's server reports it. */
export interface ReportedDeposit {
  readonly depositId: string;
  readonly amountMinor: bigint;
  readonly processedAt: Date;
}

/** What one player did in the batch's interval, as a brand's server reports it. */
export interface ReportedActivity {
  readonly userId: string;
  /** Uppercase. */
  readonly currency: string;
  /** By column of the activity; an absent column was not reported. Minor units, or things counted. */
  readonly measures: ReadonlyMap<string, bigint>;
  /** Null when the item has no list; then sums, if any, stand for one deposit. Beside those of a list there are none. */
  readonly deposits: readonly ReportedDeposit[] | null;
}

/** The columns of the activity. */
export interface ActivityColumns {
  readonly money: readonly string[];
  readonly counts: readonly string[];
}

type Parser = (raw: readonly unknown[]) => ParsedBatch<ReportedActivity>;

interface Measure {
  readonly column: string;
  readonly mayBeNegative: boolean;
}

const MAX_ID = 200;
const MAX_DEPOSITS = 1_000;
/** Taken back bonuses, fees, taxes and deductions, and corrections, come with a minus sign; nothing else does. */
const REVERSIBLE = /(bonus|fees|taxes|deductions|corrections)/;
const LOOKS_LIKE_MEASURE = /_(cents|count|sum)$/;

/**
 * Makes the reader of `/activity` items. In the sync an amount's name is its column's with `_cents`, a count's is
 * its column's. A name that looks like a measure and is none is refused: its figures would be lost.
 */
export function activityParser({ money, counts }: ActivityColumns): Parser {
  const measures = new Map<string, Measure>([
    ...money.map((column): [string, Measure] => [
      `${column}_cents`,
      { column, mayBeNegative: REVERSIBLE.test(column) },
    ]),
    ...counts.map((column): [string, Measure] => [column, { column, mayBeNegative: false }]),
  ]);
  return (raw) => parseEach(raw, (fields) => parseItem(fields, measures));
}

function parseItem(fields: Fields, measures: ReadonlyMap<string, Measure>): ReportedActivity {
  return {
    userId: getText(fields, 'user_id', MAX_ID),
    currency: getText(fields, 'currency', 10).toUpperCase(),
    ...agreed(measuresOf(fields, measures), depositsOf(fields)),
  };
}

/**
 * The item's sums and its list of deposits, made to agree. What stands beside a list must be its totals, and follows
 * from those of it that are the interval's own, as if it had been left out. A sum that comes alone stands for one deposit at least, and
 * for one until more is said: many brands count none, and money without a deposit would be no player's first and
 * qualify nobody. An empty list beside a sum or count is taken for no list: it names what is there nowhere.
 * @throws ItemFault where a list comes to something else, or there is a sum and its count is zero
 */
function agreed(
  measures: ReadonlyMap<string, bigint>,
  deposits: readonly ReportedDeposit[] | null,
): Pick<ReportedActivity, 'measures' | 'deposits'> {
  if (deposits !== null && deposits.length > 0)
    return { measures: withoutTotals(measures, deposits), deposits };
  const [sum = 0n, count] = [measures.get('deposits_sum'), measures.get('deposits_count')];
  if (sum === 0n && (count ?? 0n) === 0n) return { measures, deposits };
  if (count === 0n) {
    throw fault('deposits_count', 'must be at least 1, or be left out, where deposits_sum_cents is above 0');
  }
  return { measures: new Map([['deposits_count', 1n], ...measures]), deposits: null };
}

function withoutTotals(
  measures: ReadonlyMap<string, bigint>,
  deposits: readonly ReportedDeposit[],
): Map<string, bigint> {
  const { deposits_sum: sum, deposits_count: count, ...others } = Object.fromEntries(measures);
  if (sum !== undefined && sum !== sumOf(deposits)) {
    throw fault(
      'deposits_sum_cents',
      `one of the two is wrong: the listed deposits come to ${sumOf(deposits)}`,
    );
  }
  // Whether deposits of nothing are counted is the brand's to choose: they are none here.
  if (count !== undefined && count !== countOf(deposits) && count !== BigInt(deposits.length)) {
    throw fault('deposits_count', `one of the two is wrong: ${deposits.length} deposits are listed`);
  }
  return new Map(Object.entries(others));
}

/** What the deposits come to, in minor units. */
export function sumOf(deposits: readonly ReportedDeposit[]): bigint {
  return deposits.reduce((sum, { amountMinor }) => sum + amountMinor, 0n);
}

/** How many deposits there are: one of nothing is none. */
export function countOf(deposits: readonly ReportedDeposit[]): bigint {
  return BigInt(deposits.filter(({ amountMinor }) => amountMinor > 0n).length);
}

function measuresOf(fields: Fields, measures: ReadonlyMap<string, Measure>): Map<string, bigint> {
  const values = new Map<string, bigint>();
  for (const name of Object.keys(fields)) {
    const measure = measures.get(name);
    const value = fields[name];
    if (measure) {
      if (value !== undefined && value !== null) {
        values.set(measure.column, parseInteger(value, name, measure.mayBeNegative));
      }
    } else if (LOOKS_LIKE_MEASURE.test(name)) {
      throw fault(name, 'is not a field of an activity');
    }
  }
  return values;
}

function depositsOf(fields: Fields): ReportedDeposit[] | null {
  const list = fields['deposits'];
  if (list === undefined || list === null) return null;
  if (!Array.isArray(list) || list.length > MAX_DEPOSITS) {
    throw fault('deposits', `must be a list of at most ${MAX_DEPOSITS} deposits`);
  }
  const seen = new Set<string>();
  return list.map((entry: unknown, place) => {
    const deposit = depositOf(entry, `deposits[${place}]`);
    if (seen.has(deposit.depositId)) throw fault(`deposits[${place}].deposit_id`, 'stands in the list twice');
    seen.add(deposit.depositId);
    return deposit;
  });
}

function depositOf(entry: unknown, path: string): ReportedDeposit {
  if (typeof entry !== 'object' || entry === null) throw fault(path, 'must be an object');
  // The readers name a field by its key: give them the keys with the path.
  const fields = Object.fromEntries(Object.entries(entry).map(([key, value]) => [`${path}.${key}`, value]));
  return {
    depositId: getText(fields, `${path}.deposit_id`, MAX_ID),
    amountMinor: parseInteger(fields[`${path}.amount_cents`], `${path}.amount_cents`, false),
    processedAt: getTime(fields, `${path}.processed_at`),
  };
}
