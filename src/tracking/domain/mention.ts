import { type Fields, ItemFault } from './item-fault.js';
import { fault, findText, isUuid } from './read-fields.js';

/** Who brought a player or order, as the brand's server tells it: by tag, by promo code or by both. */
export interface Mentioned {
  /** Visit id, or the tag that a player was answered with; lowercase. Null when none of these is given. */
  readonly tag: string | null;
  /** In upper case, which all spellings of a code share. */
  readonly promoCode: string | null;
  /** Why the item tells of nobody; matters where it is of somebody or something new. */
  readonly unreadable: { readonly code: string; readonly message: string } | null;
}

const MAX_TAG = 200;
const MAX_PROMO_CODE = 200;

/**
 * Reads the tag and the promo code of an item; one of them must be there where it is new.
 * @param codeField the item's name for the promo code
 */
export function mentionOf(fields: Fields, codeField: 'bonus_code' | 'promo_code'): Mentioned {
  try {
    return { ...readMention(fields, codeField), unreadable: null };
  } catch (error) {
    if (!(error instanceof ItemFault)) throw error;
    const { code, message } = error;
    return { tag: null, promoCode: null, unreadable: { code, message } };
  }
}

/** @throws ItemFault UNKNOWN_TAG for a tag alone that is no id: whatever it may be, it is none of ours */
function readMention(
  fields: Fields,
  codeField: 'bonus_code' | 'promo_code',
): Pick<Mentioned, 'tag' | 'promoCode'> {
  const tag = findText(fields, 'tag', MAX_TAG);
  const promoCode = promoCodeOf(fields, codeField);
  if (tag === null && promoCode === null) {
    throw fault('tag', `is required, or ${codeField}: the visit id that the landing received`);
  }
  if (tag !== null && !isUuid(tag)) {
    if (promoCode === null) throw new ItemFault('UNKNOWN_TAG', `tag: there is no visit '${tag}'`);
    return { tag: null, promoCode };
  }
  return { tag: tag?.toLowerCase() ?? null, promoCode };
}

/** Forms are often sent empty: that is no code. Only ASCII has cases here: `ß` must not pass for `SS`. */
function promoCodeOf(fields: Fields, field: string): string | null {
  if (fields[field] === '') return null;
  const code = findText(fields, field, MAX_PROMO_CODE)?.trim() ?? '';
  if (code === '') return null;
  return /^[\w-]+$/.test(code) ? code.toUpperCase() : code;
}

/** Why nobody can be credited with the item. */
export function nobodyFault(
  { tag, promoCode, unreadable }: Mentioned,
  codeField: 'bonus_code' | 'promo_code',
): { code: string; message: string } {
  if (unreadable) return unreadable;
  return promoCode === null
    ? { code: 'UNKNOWN_TAG', message: `tag: there is no visit '${tag}'` }
    : { code: 'UNKNOWN_PROMO_CODE', message: `${codeField}: no partner has the promo code '${promoCode}'` };
}
