import { xmlText } from '../../platform/index.js';
import type { ConversionDto } from '../display-currency.dto.js';
import type { Cell } from '../domain/report-answer.js';
import { addRelatedIds, type RelatedIds } from '../report-relations.js';
import type { ReportSource } from './report-source.js';

/**
 * A report as XML 1.0, well-formed whatever texts are in it; in pieces worth sending. Cells have the names, values and
 * types of the JSON form; an amount's currency is an attribute.
 */
export async function* reportXml(source: ReportSource): AsyncGenerator<string> {
  const ids: RelatedIds = new Map();
  let count = 0;
  yield `<?xml version="1.0" encoding="UTF-8"?>\n<report type="${xmlText(source.reportType)}">\n<rows>\n`;
  for await (const facts of source.rows()) {
    const batch = facts.map(source.toCells);
    addRelatedIds(ids, batch);
    count += batch.length;
    yield batch.map(rowXml).join('');
  }
  const totals = await source.totals();
  yield `</rows>\n<totals>\n${totals.map(rowXml).join('')}</totals>\n${conversionXml(source.conversion)}<relations>\n`;
  for (const [kind, things] of Object.entries(await source.relations(ids))) {
    for (const thing of things as object[]) yield thingXml(kind, thing);
  }
  yield `</relations>\n<total_count>${count}</total_count>\n</report>\n`;
}

function rowXml(cells: readonly Cell[]): string {
  return `<row>${cells.map(cellXml).join('')}</row>\n`;
}

function cellXml({ name, type, value }: Cell): string {
  const open = `<cell name="${xmlText(name)}" type="${xmlText(type)}"`;
  if (value === null) return `${open}/>`;
  if (typeof value !== 'object') return `${open}>${xmlText(String(value))}</cell>`;
  const { amount, currency, amount_cents: cents } = value;
  return `${open} currency="${xmlText(currency)}" amount_cents="${cents}">${amount}</cell>`;
}

function conversionXml(conversion: ConversionDto | null): string {
  if (!conversion) return '';
  const rates = conversion.rates.map((rate) => thingXml('rate', rate)).join('');
  return `<conversion currency="${xmlText(conversion.currency)}">\n${rates}</conversion>\n`;
}

/** For example `<campaigns id="…" name="…" strategy="…"/>`. */
function thingXml(kind: string, thing: object): string {
  const attributes = Object.entries(thing).map(
    ([name, value]) => ` ${name}="${xmlText(String(value ?? ''))}"`,
  );
  return `<${kind}${attributes.join('')}/>\n`;
}
