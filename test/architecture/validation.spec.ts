import { getMetadataStorage } from 'class-validator';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
// Knows every DTO of the program.
import '../../src/app.setup.js';
import { DomainError, validationPipe } from '../../src/platform/index.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { type AppProcess, spawnApp } from '../support/process.js';

type Dto = new () => object;

interface Schema {
  type?: string | string[];
  properties?: Record<string, Schema>;
  required?: string[];
}

interface Document {
  paths: Record<string, Record<string, { requestBody?: object }>>;
  components: { schemas: Record<string, Schema> };
}

/** A required field of a body that is text, as the OpenAPI document says. */
interface TextField {
  dto: Dto;
  field: string;
}

/** Validators of a type, which must stand above all that take it for granted, and of whether the field goes here at all. */
const TYPES = new Set(['isString', 'isInt', 'isNumber', 'isBoolean', 'isArray', 'isObject', 'onlyWith']);

let database: TestDatabase;
let app: AppProcess;
let fields: TextField[];

beforeAll(async () => {
  database = await createTestDatabase();
  app = await spawnApp({ DATABASE_URL: database.url, LOG_LEVEL: 'warn' });
  fields = textFields((await (await fetch(`${app.url}/api/openapi.json`)).json()) as Document);
});
afterAll(async () => {
  await app.kill();
  await database.drop();
});

function textFields({ components: { schemas }, paths }: Document): TextField[] {
  const byName = new Map(dtos().map((dto) => [dto.name, dto]));
  const bodies = Object.values(paths).flatMap((item) =>
    Object.values(item).map(({ requestBody }) => requestBody),
  );
  return [...namesIn(bodies, schemas)].flatMap((name) => {
    const dto = byName.get(name);
    const { properties = {}, required = [] } = schemas[name] ?? {};
    if (!dto) return [];
    return required.filter((field) => properties[field]?.type === 'string').map((field) => ({ dto, field }));
  });
}

/** Names of the schemas that something refers to, directly or not. */
function namesIn(
  part: unknown,
  schemas: Document['components']['schemas'],
  found = new Set<string>(),
): Set<string> {
  if (typeof part !== 'object' || part === null) return found;
  for (const value of Object.values(part)) namesIn(value, schemas, found);
  if (!('$ref' in part)) return found;
  const name = String(part.$ref).replace('#/components/schemas/', '');
  return found.has(name) ? found : namesIn(schemas[name], schemas, found.add(name));
}

/** Every class with a validator. */
function dtos(): Dto[] {
  const { validationMetadatas } = getMetadataStorage() as unknown as {
    validationMetadatas: ReadonlyMap<Dto, unknown>;
  };
  return [...validationMetadatas.keys()];
}

/** Names of a field's validators, from the top to the bottom; those of a list's items come after those of the list. */
function validatorsOf(dto: Dto, field: string): { name: string; ofItems: boolean }[] {
  return getMetadataStorage()
    .getTargetValidationMetadatas(dto, '', false, false)
    .filter(({ propertyName, type }) => propertyName === field && type === 'customValidation')
    .map(({ name = '', each }) => ({ name, ofItems: each }))
    .reverse();
}

/** What is said of the field when nothing else is sent. */
async function faultsOf({ dto, field }: TextField, sent: object): Promise<string[]> {
  const answer: unknown = await validationPipe()
    .transform(sent, { type: 'body', metatype: dto })
    .catch((error: unknown) => error);
  if (!(answer instanceof DomainError)) throw new Error(`${dto.name}.${field}`, { cause: answer });
  return (answer.details.errors ?? []).filter(({ path }) => path === field).map(({ message }) => message);
}

/** What is said of each field when it is sent with the value, or left out, unless it is right. */
async function wrongFaults(sent: { value?: unknown }, right: (field: TextField) => RegExp): Promise<object> {
  const wrong: Record<string, string[]> = {};
  for (const each of fields) {
    const faults = await faultsOf(each, 'value' in sent ? { [each.field]: sent.value } : {});
    if (!right(each).test(faults.join())) wrong[`${each.dto.name}.${each.field}`] = faults;
  }
  return wrong;
}

describe('what is said of a field of a body', () => {
  it('names it when it is missing', async () => {
    expect(fields.length).toBeGreaterThan(100);
    expect(await wrongFaults({}, ({ field }) => new RegExp(`^${field} is required$`))).toEqual({});
  });

  it('tells first that a number is no text', async () => {
    const right = ({ dto, field }: TextField): RegExp =>
      validatorsOf(dto, field).some(({ name }) => name === 'isString')
        ? new RegExp(`^${field} must be a (decimal )?string`)
        : /^(?!.*(longer|shorter)).* must (be|have) /;
    expect(await wrongFaults({ value: 5 }, right)).toEqual({});
  });

  it.each([[null], [true], [[]], [[5]], [{ a: 1 }]])('tells first that %j is no text', async (value) => {
    expect(await wrongFaults({ value }, () => /^(?!.*(longer|shorter)).* must /)).toEqual({});
  });

  it('can tell of the type first: its decorator stands above the others, and that of a list above its items’', () => {
    const wrong: Record<string, string[]> = {};
    for (const dto of dtos()) {
      for (const field of new Set(fieldsOf(dto))) {
        const validators = validatorsOf(dto, field);
        const inOrder = validators.toSorted((a, b) => rank(a) - rank(b));
        if (inOrder.some((one, index) => one !== validators[index]))
          wrong[`${dto.name}.${field}`] = validators.map(({ name }) => name);
      }
    }
    expect(wrong).toEqual({});
  });

  it('is sent to whoever asked', async () => {
    const errorsOf = async (payload: object): Promise<unknown> => {
      const answer = await fetch(`${app.url}/api/v1/auth/login`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(payload),
      });
      return ((await answer.json()) as { errors: unknown }).errors;
    };
    expect(await errorsOf({})).toEqual([
      { path: 'email', message: 'email is required' },
      { path: 'password', message: 'password is required' },
    ]);
    expect(await errorsOf({ email: 5, password: 5, otp: 5 })).toEqual([
      { path: 'email', message: 'email must be an email' },
      { path: 'password', message: 'password must be a string' },
      { path: 'otp', message: 'otp must be a string' },
    ]);
  });
});

function fieldsOf(dto: Dto): string[] {
  const demands = getMetadataStorage().getTargetValidationMetadatas(dto, '', false, false);
  return demands.map(({ propertyName }) => propertyName);
}

function rank({ name, ofItems }: { name: string; ofItems: boolean }): number {
  return (ofItems ? 2 : 0) + (TYPES.has(name) ? 0 : 1);
}
