import { ValidationPipe } from '@nestjs/common';
import { getMetadataStorage, MetadataStorage, type ValidationError } from 'class-validator';
import { DomainError, type FieldError } from '../errors/domain-error.js';

/**
 * Checks bodies and queries against their DTO; unknown fields are refused by name. Of each wrong field one fault is
 * told: that it is missing, or else what its topmost decorator says that refuses it.
 */
export function validationPipe(): ValidationPipe {
  askFromTheTop();
  return new ValidationPipe({
    whitelist: true,
    forbidNonWhitelisted: true,
    transform: true,
    // Lists that are too long are not looked into, either.
    stopAtFirstError: true,
    exceptionFactory: (errors) => {
      const faults = errors.flatMap((error) => fieldErrors(error));
      const summary = faults.map((fault) => fault.message).join('; ');
      return new DomainError('VALIDATION_FAILED', 'malformed', summary, { errors: faults });
    },
  });
}

/**
 * class-validator asks a field's decorators from the bottom to the top, in the order in which they are applied. The type
 * stands at the top, though, and those below take it for granted: what is no text would be called too long.
 */
function askFromTheTop(): void {
  const storage = getMetadataStorage();
  storage.groupByPropertyName = (decorators) => {
    const byField = MetadataStorage.prototype.groupByPropertyName.call(storage, decorators);
    for (const ofField of Object.values(byField)) ofField.reverse();
    return byField;
  };
}

function fieldErrors(error: ValidationError, parent = ''): FieldError[] {
  const { property, constraints = {}, children = [] } = error;
  const path = parent ? `${parent}.${property}` : property;
  const messages = Object.values(constraints);
  const own = error.value === undefined && messages.length > 0 ? [`${property} is required`] : messages;
  return [
    ...own.map((message) => ({ path, message })),
    ...children.flatMap((child) => fieldErrors(child, path)),
  ];
}
