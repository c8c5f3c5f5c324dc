import { dictionary } from '@zxcvbn-ts/language-common';

export const SHORTEST_PASSWORD = 8;
export const LONGEST_PASSWORD = 128;

const COMMON: ReadonlySet<string> = new Set(dictionary['passwords-common']);

/** What is wrong with a password, in words, or null when it may be used (rule 10.1). */
export function passwordFault(password: string): string | null {
  const length = [...password].length;
  if (length < SHORTEST_PASSWORD || length > LONGEST_PASSWORD) {
    return `must have ${SHORTEST_PASSWORD} to ${LONGEST_PASSWORD} characters`;
  }
  return COMMON.has(password.toLowerCase())
    ? 'is one of the passwords that are guessed first; choose another'
    : null;
}
