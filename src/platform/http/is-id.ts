import { applyDecorators } from '@nestjs/common';
import { IsUUID } from 'class-validator';
import { changing, type Each } from './each.js';

/** An id as it is kept and compared: RFC 9562 lets it be written in capitals, too. */
export function plainId(id: string): string {
  return id.toLowerCase();
}

/** The field is an id, or with `each` a list of them. */
export function IsId(each: Each = {}): PropertyDecorator {
  return applyDecorators(changing(plainId), IsUUID(undefined, each));
}
