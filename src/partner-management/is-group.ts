import { IsLabel } from '../platform/index.js';

const LONGEST_NAME = 50;

/** The field is the name of a group of partners, or with `each` a list of them. */
export function IsGroup(each: { each?: boolean } = {}): PropertyDecorator {
  return IsLabel(LONGEST_NAME, each);
}
