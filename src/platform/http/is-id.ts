import { applyDecorators } from '@nestjs/common';
import { Transform } from 'class-transformer';
import { IsUUID } from 'class-validator';
import type { Each } from './each.js';

/** An id as it is kept and compared: RFC 9562 lets it be written in capitals, too. */
export function plainId(id: string): string {
  return id.toLowerCase();
}

/** The field is an id, or with `each` a list of them. */
export function IsId(each: Each = {}): PropertyDecorator {
  return applyDecorators(
    Transform(({ value }: { value: unknown }) => (Array.isArray(value) ? value.map(plain) : plain(value))),
    IsUUID(undefined, each),
  );
}

function plain(value: unknown): unknown {
  return typeof value === 'string' ? plainId(value) : value;
}
