import { addRelatedIds, type RelatedIds } from '../report-relations.js';
import type { ReportSource } from './report-source.js';

/** A report as JSON, in the shape of the report API, whole instead of a page; in pieces worth sending. */
export async function* reportJson(source: ReportSource): AsyncGenerator<string> {
  const ids: RelatedIds = new Map();
  let count = 0;
  yield `{"report_type":${JSON.stringify(source.reportType)},"rows":{"data":[`;
  for await (const facts of source.rows()) {
    if (facts.length === 0) continue;
    const batch = facts.map(source.toCells);
    addRelatedIds(ids, batch);
    const lines = batch.map((row) => JSON.stringify(row)).join(',\n');
    yield count === 0 ? `\n${lines}` : `,\n${lines}`;
    count += batch.length;
  }
  const totals = await source.totals();
  const relations = await source.relations(ids);
  yield `]},\n"totals":{"data":${JSON.stringify(totals)}},\n"conversion":${JSON.stringify(source.conversion)},\n`;
  yield `"relations":${JSON.stringify(relations)},\n`;
  yield `"total_count":${count}}\n`;
}
