import { applyDecorators } from '@nestjs/common';
import { Transform } from 'class-transformer';
import { IsLabel } from '../platform/index.js';

const LONGEST_NAME = 50;

/** The field is the name of a group of partners, or with `each` a list of them. Blanks around it are dropped. */
export function IsGroup(each: { each?: boolean } = {}): PropertyDecorator {
  return applyDecorators(
    Transform(({ value }: { value: unknown }) =>
      Array.isArray(value) ? value.map(trimmed) : trimmed(value),
    ),
    IsLabel(LONGEST_NAME, each),
  );
}

function trimmed(name: unknown): unknown {
  return typeof name === 'string' ? name.trim() : name;
}
