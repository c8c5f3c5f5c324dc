import { applyDecorators } from '@nestjs/common';
import { Transform } from 'class-transformer';
import { Matches } from 'class-validator';

const SEPARATORS = /[\s()./-]/g;

/**
 * The field is a telephone number with its country code (ITU-T E.164). Spaces, brackets, dots, dashes and slashes are
 * dropped, so that "+49 (30) 123-456" is kept as "+4930123456".
 */
export function IsPhone(): PropertyDecorator {
  return applyDecorators(
    Transform(({ value }) =>
      typeof value === 'string' && value.length <= 40 ? value.replaceAll(SEPARATORS, '') : (value as unknown),
    ),
    Matches(/^\+[1-9][0-9]{6,14}$/, {
      message:
        '$property must be a telephone number with + and the country code, such as +4930123456 (E.164)',
    }),
  );
}
