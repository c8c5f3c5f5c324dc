import { type ArgumentMetadata, ValidationPipe } from '@nestjs/common';
import type { ValidationError } from 'class-validator';
import { DomainError, type FieldError, malformedField } from '../errors/domain-error.js';

/** Checks bodies and queries against their DTO; unknown fields are refused by name. */
export function validationPipe(): ValidationPipe {
  return new StorablePipe({
    whitelist: true,
    forbidNonWhitelisted: true,
    transform: true,
    stopAtFirstError: true,
    exceptionFactory: (errors) => {
      const faults = errors.flatMap((error) => fieldErrors(error));
      const summary = faults.map((fault) => fault.message).join('; ');
      return new DomainError('VALIDATION_FAILED', 'malformed', summary, { errors: faults });
    },
  });
}

/** Refuses what no text of the database can hold before anything else looks at it. */
class StorablePipe extends ValidationPipe {
  override transform(value: unknown, metadata: ArgumentMetadata): Promise<unknown> {
    const path = this.toValidate(metadata) ? pathOfNul(value) : null;
    if (path !== null) throw malformedField(path, 'must not contain a NUL character');
    return super.transform(value, metadata) as Promise<unknown>;
  }
}

/** Where in the value a text with a NUL stands; null for nowhere. */
function pathOfNul(value: unknown, path = ''): string | null {
  if (typeof value === 'string') return value.includes('\0') ? path : null;
  if (value === null || typeof value !== 'object') return null;
  for (const [name, inner] of Object.entries(value)) {
    const found = pathOfNul(inner, path ? `${path}.${name}` : name);
    if (found !== null) return found;
  }
  return null;
}

function fieldErrors(error: ValidationError, parent = ''): FieldError[] {
  const path = parent ? `${parent}.${error.property}` : error.property;
  const own = Object.values(error.constraints ?? {}).map((message) => ({ path, message }));
  return [...own, ...(error.children ?? []).flatMap((child) => fieldErrors(child, path))];
}
