import { Matches } from 'class-validator';

/** A BCP 47 tag, in short. */
export const LANGUAGE = /^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$/;

/** The field is a BCP 47 tag. */
export function IsLanguage(): PropertyDecorator {
  return Matches(LANGUAGE, { message: '$property must be a BCP 47 tag such as en or pt-BR' });
}
