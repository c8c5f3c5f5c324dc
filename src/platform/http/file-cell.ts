/**
 * A cell of a table in a file: text, a time, a number, an exact number in decimal digits, or nothing. Numbers are below
 * 10^21 and not smaller than 10^-6 beside zero: others have no decimal digits only.
 */
export type FileCell = string | number | Date | { readonly decimal: string } | null;
