import { describe, expect, it } from 'vitest';
import { COLUMNS } from './catalogue.js';
import { parseReportRequest } from './report-request.js';
import { rowsStatement, totalsStatement } from './report-sql.js';

const IDS = { from: '00000000-0000-7000-8000-000000000000', to: 'ffffffff-0000-7000-8000-000000000000' };

describe('A18 SQL of reports', () => {
  it('reads only the sources that the columns need', () => {
    const request = parseReportRequest({ from: '2026-10-01', to: '2026-10-31', 'columns[]': 'visits_count' });
    const { text } = rowsStatement(request, 'p', IDS);
    expect(text).toContain('FROM visits v');
    expect(text).not.toContain('player_activity');
    expect(text).not.toContain('UNION ALL');
  });

  it('passes every filter as a parameter', () => {
    const campaign = '01929c3e-0000-7000-8000-000000000001';
    const request = parseReportRequest({
      from: '2026-10-01',
      to: '2026-10-31',
      'columns[]': Object.keys(COLUMNS),
      'campaign_ids[]': campaign,
    });
    for (const { text, values } of [
      rowsStatement(request, 'partner', IDS),
      totalsStatement(request, 'partner', IDS),
    ]) {
      expect(text).not.toContain(campaign);
      expect(values).toContainEqual([campaign]);
      expect(values).toContain('partner');
    }
  });
});
