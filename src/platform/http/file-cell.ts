/** A cell of a table in a file: text, a time, an exact number in decimal digits, or nothing. */
export type FileCell = string | Date | { readonly decimal: string } | null;
