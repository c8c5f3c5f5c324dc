/**
 * Names of fields in a log's JSON whose values tell who a person is, or are that person's own words. The reasons and
 * comments that operators give are not among them: they are part of the accounts.
 */
const PERSONAL =
  /(e-?mail|phone|name|website|url|description|handle|address|user_?agent|device|payment_?method|fields|title|invoice_?id|groups)$|^host$/i;

type Json = Readonly<Record<string, unknown>>;

/** JSON in two parts that add up to it. */
export interface Separated {
  /** What the log keeps for good. */
  plain: Json;
  /** What is erased with the person; null when there is nothing of the kind. */
  personal: Json | null;
}

/**
 * Separates the top-level fields of a log entry that are personal, or hold something personal at any depth, from the
 * others: `{ ...plain, ...personal }` is the entry again.
 */
export function separatePersonal(entry: object): Separated {
  const fields = Object.entries(entry);
  const personal = fields.filter(([name, value]) => isPersonal(name, value));
  if (personal.length === 0) return { plain: entry as Json, personal: null };
  const plain = fields.filter(([name, value]) => !isPersonal(name, value));
  return { plain: Object.fromEntries(plain), personal: Object.fromEntries(personal) };
}

function isPersonal(name: string, value: unknown): boolean {
  if (value === null || value === undefined) return false;
  if (PERSONAL.test(name)) return true;
  return typeof value === 'object' && Object.entries(value).some(([inner, held]) => isPersonal(inner, held));
}
