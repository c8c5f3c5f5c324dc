import type { OpenAPIObject } from '@nestjs/swagger';
import { getMetadataStorage } from 'class-validator';
import { HTTP_ORIGIN, LONGEST_URL } from './platform/index.js';
import type { Operation } from './openapi-policies.js';

export type InputClass = abstract new (...values: never[]) => object;
type Schema = NonNullable<NonNullable<OpenAPIObject['components']>['schemas']>[string];

/** What a validator demands, by its name, as JSON Schema says it. */
const LIMITS: Readonly<Record<string, (...constraints: never[]) => object>> = {
  isLength: (minLength: number, maxLength: number) => ({ minLength, maxLength }),
  minLength: (minLength: number) => ({ minLength }),
  maxLength: (maxLength: number) => ({ maxLength }),
  matches: ({ source, flags }: RegExp) => (flags === '' ? { pattern: source } : {}),
  isHttpUrl: () => ({ pattern: HTTP_ORIGIN.source, maxLength: LONGEST_URL }),
  isUuid: () => ({ format: 'uuid' }),
  isCountry: () => ({ minLength: 2, maxLength: 2 }),
  isKnownCurrency: () => ({ minLength: 3, maxLength: 5 }),
  min: (minimum: number) => ({ minimum }),
  max: (maximum: number) => ({ maximum }),
  arrayMinSize: (minItems: number) => ({ minItems }),
  arrayNotEmpty: () => ({ minItems: 1 }),
  arrayMaxSize: (maxItems: number) => ({ maxItems }),
  arrayUnique: () => ({ uniqueItems: true }),
};

/**
 * Says of the schemas of what is sent how long, large and many their fields may be, and of which form: what validators
 * refuse.
 * @param inputs the classes that handlers take; those inside them are known by their validators
 */
export function limitBodies(schemas: Readonly<Record<string, Schema>>, inputs: readonly InputClass[]): void {
  for (const input of new Set([...inputs, ...validatedClasses()])) {
    const schema = schemas[input.name];
    if (schema && 'properties' in schema) limit(schema.properties ?? {}, input);
  }
}

/** The same of an operation's query, whose fields stand each by themselves. */
export function limitQuery(operation: Operation, input: InputClass): void {
  const fields: Record<string, Schema> = {};
  for (const parameter of operation.parameters ?? []) {
    if ('in' in parameter && parameter.in === 'query' && parameter.schema)
      fields[parameter.name] = parameter.schema;
  }
  limit(fields, input);
}

/** What the schemas say already stays. */
function limit(fields: Readonly<Record<string, Schema>>, input: InputClass): void {
  const demands = getMetadataStorage().getTargetValidationMetadatas(input, '', false, false);
  for (const { propertyName, name = '', constraints, each } of demands) {
    const schema = fields[propertyName];
    if (!schema || !('type' in schema)) continue;
    // In a form a list is one text.
    if (name.startsWith('array') && !schema.items) continue;
    const limits = LIMITS[name]?.(...((constraints ?? []) as never[]));
    const place = each ? schema.items : schema;
    if (limits && place) Object.assign(place, { ...limits, ...place });
  }
}

/** Those with a validator of their own. */
function validatedClasses(): Iterable<InputClass> {
  const { validationMetadatas } = getMetadataStorage() as unknown as {
    validationMetadatas: ReadonlyMap<InputClass, unknown>;
  };
  return validationMetadatas.keys();
}
