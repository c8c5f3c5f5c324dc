import { type ArgumentMetadata, Injectable, Param, type PipeTransform } from '@nestjs/common';
import { ApiParam } from '@nestjs/swagger';
import { isUUID } from 'class-validator';
import { DomainError } from '../errors/domain-error.js';
import { plainId } from './is-id.js';

/** Lets only ids through, as they are kept, and names the part of the path that holds none. */
@Injectable()
class ParseId implements PipeTransform<string, string> {
  transform(value: string, { data: path = 'id' }: ArgumentMetadata): string {
    if (isUUID(value)) return plainId(value);
    const message = `${path} must be a UUID such as 019a4c3e-7b1a-7c3d-8e4f-5a6b7c8d9e0f`;
    throw new DomainError('VALIDATION_FAILED', 'malformed', message, { errors: [{ path, message }] });
  }
}

/**
 * An id in the path of a route, documented as such; what is none is a 400 that names it.
 * @param name of the path's parameter
 */
export function PathId(name = 'id'): ParameterDecorator {
  return (target, key, index) => {
    Param(name, ParseId)(target, key, index);
    const method = Object.getOwnPropertyDescriptor(target, key!)!;
    ApiParam({ name, schema: { type: 'string', format: 'uuid' } })(target, key!, method);
  };
}
