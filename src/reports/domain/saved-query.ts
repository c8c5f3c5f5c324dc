import { DomainError, invalidField } from '../../platform/errors/domain-error.js';
import type { RawQuery } from './report-parameters.js';

/** Longer than any report that somebody means. */
const LONGEST = 50_000;
/** What belongs to running a report and not to the report. */
const OF_THE_RUN = ['page', 'per_page', 'async', 'format', 'token'];
const OF_THE_PERIOD = ['from', 'to'];
const OF_THE_CURRENCY = ['conversion_currency', 'convert_all_currencies'];

/**
 * The query of a report as a body's `parameters` give it: texts, and lists of texts.
 * @param withPeriod whether its days are among them
 * @throws DomainError VALIDATION_FAILED (422) that names the parameter
 */
export function savedQuery(parameters: Readonly<Record<string, unknown>>, withPeriod: boolean): RawQuery {
  const strange = withPeriod ? OF_THE_RUN : [...OF_THE_RUN, ...OF_THE_PERIOD];
  for (const [name, value] of Object.entries(parameters)) {
    if (strange.includes(plainName(name)))
      throw invalidField(`parameters.${name}`, 'is not saved with a report');
    const fits =
      typeof value === 'string' || (Array.isArray(value) && value.every((item) => typeof item === 'string'));
    if (!fits) throw invalidField(`parameters.${name}`, 'must be a text or a list of texts');
  }
  if (JSON.stringify(parameters).length > LONGEST) {
    throw invalidField('parameters', `must take at most ${LONGEST} characters`);
  }
  return parameters as RawQuery;
}

/**
 * Runs a check of the query; what it finds names the parameter where the body has it.
 * @param withPeriod whether its days are among the parameters; else they are fields of the body
 */
export function checkedParameters<T>(check: () => T, withPeriod: boolean): T {
  try {
    return check();
  } catch (error) {
    if (!(error instanceof DomainError) || error.code !== 'INVALID_PARAMETER') throw error;
    const [fault] = error.details.errors ?? [];
    const path = fault?.path ?? '';
    const isField = !withPeriod && OF_THE_PERIOD.includes(path);
    throw invalidField(isField ? path : `parameters.${path}`, fault?.message ?? error.message);
  }
}

/** Whether a query says in which currency it wants amounts, or that it wants them as they are. */
export function saysCurrency(query: RawQuery): boolean {
  return Object.keys(query).some((name) => OF_THE_CURRENCY.includes(plainName(name)));
}

/** The query with its currency settled, whatever the default will be later (rule 11.4); null keeps amounts as they are. */
export function withCurrency(query: RawQuery, currency: string | null): RawQuery {
  const others = Object.entries(query).filter(([name]) => !OF_THE_CURRENCY.includes(plainName(name)));
  const settled: RawQuery =
    currency === null ? { convert_all_currencies: '0' } : { conversion_currency: currency };
  return { ...Object.fromEntries(others), ...settled };
}

function plainName(name: string): string {
  return name.replace(/\[\d*\]$/, '');
}
