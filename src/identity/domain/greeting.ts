/** Somebody who is written to. */
export interface Reader {
  name: string;
  /** Whether the address was confirmed to be the reader's. */
  emailConfirmed: boolean;
}

/**
 * The text of a mail behind its greeting. Nobody is greeted by name at an address that is not confirmed: whoever signed
 * up may have named a stranger's, and the name may be any text.
 * @param text what the mail says, starting in lower case
 */
export function greeted({ name, emailConfirmed }: Reader, text: string): string {
  return `Hello${emailConfirmed ? ` ${name}` : ''},\n\n${text}`;
}
