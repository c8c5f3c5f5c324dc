import { applyDecorators } from '@nestjs/common';
import { IsString, Length, Matches, ValidateBy } from 'class-validator';
import { changing, type Each, saying } from './each.js';

/** Something that is seen: neither blank nor one of the characters that leave no mark, such as the zero-width space. */
const VISIBLE = /[^\s\p{Cc}\p{Default_Ignorable_Code_Point}]/u;

/** No control character, line breaks among them, and none of Unicode's separators of lines and paragraphs. */
const ONE_LINE = /^[^\p{Cc}\p{Zl}\p{Zp}]*$/u;

/**
 * What leaves no mark. Joiners, variants of glyphs and tags do where they shape words and emoji, but not in scripts that
 * know none of them.
 */
const NO_MARK =
  /(?<=^|[\p{Script=Latin}\p{Script=Greek}\p{Script=Cyrillic}\p{Zs}])\p{Default_Ignorable_Code_Point}+|(?![\p{Join_Control}\p{Variation_Selector}\p{Emoji_Component}])\p{Default_Ignorable_Code_Point}/gu;

/** Whether a text stands on one line, as names do in the headers of mails. */
export function isOneLine(text: string): boolean {
  return ONE_LINE.test(text);
}

/** A label as it is kept: one form of each letter, and one blank between words; names that look the same are the same. */
function tidy(label: string): string {
  return label
    .replaceAll(NO_MARK, '')
    .normalize('NFC')
    .replaceAll(/\p{Zs}+/gu, ' ')
    .replaceAll(/^ | $/g, '');
}

/** The field is a name or title: one line of 1 to `maxLength` characters, some of which can be seen; it is tidied up. */
export function IsLabel(maxLength: number, each: Each = {}): PropertyDecorator {
  return applyDecorators(
    changing(tidy),
    ValidateBy(
      // What is no text at all is told as such.
      {
        name: 'isOneLine',
        validator: { validate: (value) => typeof value !== 'string' || isOneLine(value) },
      },
      saying('must be one line without control characters', each),
    ),
    IsText(maxLength, each),
  );
}

/** The field is a text of one or more lines: 1 to `maxLength` characters, some of which can be seen. */
export function IsText(maxLength: number, each: Each = {}): PropertyDecorator {
  const notBlank = saying('must not be blank', each);
  return applyDecorators(
    Length(1, maxLength, each),
    Matches(VISIBLE, notBlank),
    // Said in the OpenAPI document, whose readers do not all know Unicode's classes.
    Matches(/\S/, notBlank),
    IsString(each),
  );
}
