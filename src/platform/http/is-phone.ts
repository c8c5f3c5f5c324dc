import { applyDecorators } from '@nestjs/common';
import { ApiProperty } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { Matches } from 'class-validator';

const LONGEST = 40;
const SEPARATORS = /[\s()./-]/g;

/**
 * The field is a telephone number with its country code (ITU-T E.164). Spaces, brackets, dots, dashes and slashes are
 * dropped, so that "+49 (30) 123-456" is kept as "+4930123456".
 */
export function IsPhone(): PropertyDecorator {
  return applyDecorators(
    ApiProperty({ maxLength: LONGEST, pattern: String.raw`^[\s()./-]*\+[\d\s()./-]+$` }),
    Transform(({ value }) =>
      typeof value === 'string' && value.length <= LONGEST
        ? value.replaceAll(SEPARATORS, '')
        : (value as unknown),
    ),
    Matches(/^\+[1-9][0-9]{6,14}$/, {
      message:
        '$property must be a telephone number with + and the country code, such as +4930123456 (E.164)',
    }),
  );
}
