import { ItemFault } from './item-fault.js';
import { fault } from './read-fields.js';

/** What a file may hold. */
export const FILE_KINDS = ['players', 'activity', 'orders'] as const;
export type FileKind = (typeof FILE_KINDS)[number];

const FLAGS = ['duplicate', 'self_excluded', 'disabled'];
const PLAYER_COLUMNS = ['tag', 'user_id', 'email', 'country', 'sign_up_at', 'date_of_birth', 'first_name', 'last_name', 'nickname', 'gender', 'language', ...FLAGS, 'bonus_code']; // prettier-ignore
const ORDER_COLUMNS = ['order_id', 'tag', 'promo_code', 'amount', 'currency', 'ordered_at', 'status', 'country']; // prettier-ignore
const ACTIVITY_COLUMNS = ['from', 'to', 'tag', 'user_id', 'currency', 'deposits'];

/** What items of the kind may say, by the names of the sync; `deposits` is a JSON list. @param measures of activity */
export function columnsOf(kind: FileKind, measures: readonly string[]): readonly string[] {
  if (kind === 'players') return PLAYER_COLUMNS;
  return kind === 'orders' ? ORDER_COLUMNS : [...ACTIVITY_COLUMNS, ...measures];
}

/** What is wrong with the header of a file, naming the column; null when it can be taken. */
export function headerFault(header: readonly string[], columns: readonly string[]): string | null {
  const known = `the columns of this kind are ${columns.join(', ')}`;
  const unknown = header.find((name) => !columns.includes(name));
  if (unknown !== undefined) return `The column '${unknown}' is not known; ${known}`;
  const twice = header.find((name, place) => header.indexOf(name) !== place);
  return twice === undefined ? null : `The column '${twice}' stands there twice; ${known}`;
}

/**
 * The item that a row stands for: an empty cell says nothing, `true` and `false` are flags where the sync has them.
 * @throws ItemFault for a row with other cells than the header, or deposits that are no JSON
 */
export function itemOfRow(header: readonly string[], cells: readonly string[]): Record<string, unknown> {
  if (cells.length !== header.length) {
    throw new ItemFault('INVALID_LINE', `line: has ${cells.length} cells, and the header ${header.length}`);
  }
  const filled = header.flatMap((name, place): [string, string][] =>
    cells[place] === '' ? [] : [[name, cells[place]!]],
  );
  return Object.fromEntries(filled.map(([name, cell]) => [name, valueOf(name, cell)]));
}

function valueOf(name: string, cell: string): unknown {
  if (FLAGS.includes(name) && /^(true|false)$/i.test(cell)) return cell.toLowerCase() === 'true';
  if (name !== 'deposits') return cell;
  try {
    return JSON.parse(cell) as unknown;
  } catch {
    throw fault('deposits', 'must be a JSON list of deposits');
  }
}
