/** Codes that people can say and type: letters and digits of ASCII, `_` and `-`. */
export const PROMO_CODE = /^[0-9A-Za-z_-]{3,40}$/;

/** A fault of a list of codes, by its place in the list. */
export interface CodeFault {
  readonly place: number;
  readonly message: string;
}

/** What is wrong with a list of new codes: their form, and codes that differ in case only or not at all. */
export function codeFaults(codes: readonly string[]): CodeFault[] {
  const places = new Map<string, number>();
  return codes.flatMap((code, place): CodeFault[] => {
    if (!PROMO_CODE.test(code)) {
      return [{ place, message: 'must be 3 to 40 letters, digits, _ or -' }];
    }
    const first = places.get(code.toUpperCase());
    if (first !== undefined) return [{ place, message: `is the same as codes.${first}` }];
    places.set(code.toUpperCase(), place);
    return [];
  });
}
