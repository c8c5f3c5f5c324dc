import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type Attribute, reportAttributes } from './attributes.js';

const PAGE = join(import.meta.dirname, '../../../docs/reports.md');

const ABOUT = `# Reports

What performance reports can show. The tables are made from the catalogue in \`src/reports/domain/catalogue\`, which
also drives the check of requests, the SQL and \`…/report/attributes\`; \`npm run docs\` makes this page anew, and a test
fails while it is stale.

- \`GET /api/customer/v1/partner/report\` answers report clients by a statistics token, raw or as \`Bearer\`;
  \`GET /api/v1/partner/reports/performance\` answers people who are signed in, and
  \`GET /api/v1/operator/reports/performance\` operators, over the whole program.
- \`columns[]=\` names the columns in the order wanted, \`group_by[]=\` the groupers; either may be a JSON array as well. A
  report has at most one period grouper. Rows without facts are absent, totals always there.
- \`from\` and \`to\` are days, \`to\` included, or RFC 3339 times, \`to\` excluded. Days are those of \`time_zone\`, by default
  of the program (\`PROGRAM_TIME_ZONE\`).
- \`partner_ids[]\` (operators only), \`brand_ids[]\`, \`campaign_ids[]\`, \`promo_ids[]\`, \`promo_codes[]\`, \`strategies[]\` and
  \`countries[]\` narrow the facts. What knows no promo code or country, such as commission, is left out by such a filter.
- Where amounts are among the columns, there is a row per currency; \`conversion_currency\` turns all into one, at the
  rates of \`exchange_rates_date\`, rounded once per cell, and is refused where an amount has no rate to it.
  \`conversion\` tells the rates and of which day each is, but on pages for report clients, whose fields are fixed.
- People who are signed in may have a default currency, for queries that say nothing of currencies; it is left aside
  where an amount has no rate to it. \`convert_all_currencies=0\` keeps amounts as they are.
- Averages and rates are ratios of sums: 0 where there is nothing to divide by. Shares such as the admin fee are rounded
  where they are shown: cells may differ by a cent from their total, and from each other.
- The admin fee is that of the version of the commission plan which pays at the time of the fact.
`;

function page(): string {
  const { available_columns: columns, available_groupers: groupers } = reportAttributes('operator');
  return [
    ABOUT,
    `## Columns\n\n${table(columns)}`,
    `## Groupers\n\nThe grouper \`partner\` is for operators only.\n\n${table(groupers)}`,
  ].join('\n');
}

/** A table as the formatter would lay it out. */
function table(attributes: Attribute[]): string {
  const rows = attributes.map(({ name, title, type, description }) => [
    `\`${name}\``,
    title,
    type,
    description,
  ]);
  const all = [['Name', 'Title', 'Type', 'Meaning'], ...rows];
  const widths = all[0]!.map((_, column) => Math.max(...all.map((cells) => cells[column]!.length)));
  const line = (cells: string[]): string =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column]!)).join(' | ')} |\n`;
  return [all[0]!, widths.map((width) => '-'.repeat(width)), ...rows].map(line).join('');
}

describe('A15 A18 the catalogue of reports', () => {
  it('docs/reports.md says what the catalogue says (npm run docs makes it anew)', async () => {
    await expect(page()).toMatchFileSnapshot(PAGE);
  });

  it('describes every attribute in words of its own', () => {
    const { available_columns: columns, available_groupers: groupers } = reportAttributes('operator');
    for (const list of [columns, groupers]) {
      expect(new Set(list.map(({ title }) => title)).size).toBe(list.length);
      for (const { title, description } of list) {
        expect(title).not.toBe('');
        expect(description).not.toBe('');
      }
    }
  });
});
