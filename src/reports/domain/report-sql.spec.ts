import { describe, expect, it } from 'vitest';
import { COLUMNS } from './catalogue/columns.js';
import type { RawQuery } from './report-parameters.js';
import { parseReportRequest } from './report-request.js';
import { type ReportPlan, pageStatement, totalsStatement, wholeStatement } from './report-sql.js';

const RANGE = { from: '2026-10-01', to: '2026-10-31' };

function planOf(query: RawQuery): ReportPlan {
  return {
    scope: { partnerId: 'the partner' },
    request: parseReportRequest(query, { audience: 'partner', timeZone: 'UTC', now: new Date('2026-11-02') }),
    ids: { from: '00000000-0000-7000-8000-000000000000', to: 'ffffffff-0000-7000-8000-000000000000' },
    rollups: null,
    visitsTail: { from: new Date(0), fromId: '00000000-0000-7000-8000-000000000000' },
    rates: null,
  };
}

describe('A18 SQL of reports', () => {
  it('reads only the sources that the columns need', () => {
    const { text } = wholeStatement(planOf({ ...RANGE, 'columns[]': 'visits_count' }));
    expect(text).toMatch(/FROM\s+visits v/);
    expect(text).not.toContain('player_activity');
    expect(text).not.toContain('UNION ALL');
  });

  it('passes every filter and every parameter of a link as a parameter', () => {
    const campaign = '01929c3e-0000-7000-8000-000000000001';
    const plan = planOf({
      ...RANGE,
      'columns[]': Object.keys(COLUMNS),
      'group_by[]': `dynamic_tag_'; DROP TABLE visits; --`,
      'campaign_ids[]': campaign,
      'countries[]': 'DE',
      'strategies[]': 'cpa',
      'promo_codes[]': `fox' OR true`,
    });
    const page = pageStatement(plan, { limit: 1, offset: 0 });
    for (const { text, values } of [page, wholeStatement(plan), totalsStatement(plan)]) {
      for (const given of [campaign, 'DROP TABLE', 'OR true', 'the partner'])
        expect(text).not.toContain(given);
      expect(values).toEqual(
        expect.arrayContaining([[campaign], ['DE'], ['cpa'], [`FOX' OR TRUE`], 'the partner']),
      );
    }
  });
});
