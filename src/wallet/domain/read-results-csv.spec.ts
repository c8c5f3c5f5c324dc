import { describe, expect, it } from 'vitest';
import { NotResults } from './payout-results.js';
import { readResultsCsv } from './read-results-csv.js';

describe('B09 results in CSV', () => {
  it('are read row by row; wrong rows are named', () => {
    const file = [
      'line_id,outcome,reason',
      'A,success,',
      'B,failure,"Account closed,\nask again"',
      'C,failure,',
      'D,maybe,',
      ',success,',
      'E,success',
    ].join('\r\n');
    expect(readResultsCsv(file)).toEqual({
      results: [
        { place: 'line 2', line: 'A', outcome: 'succeeded', reason: null },
        { place: 'line 4', line: 'B', outcome: 'failed', reason: 'Account closed, ask again' },
      ],
      refused: [
        { place: 'line 5', line: 'C', code: 'INVALID_ROW', message: 'reason: is required for a failure' },
        { place: 'line 6', line: 'D', code: 'INVALID_ROW', message: 'outcome: must be success or failure' },
        { place: 'line 7', line: null, code: 'INVALID_ROW', message: 'line_id: must name a line' },
        {
          place: 'line 8',
          line: 'E',
          code: 'INVALID_ROW',
          message: 'must have three fields: line_id,outcome,reason',
        },
      ],
      others: [],
      open: [],
    });
  });

  it.each([
    ['another header', 'id,outcome\nA,success', 'with the header line_id,outcome,reason'],
    ['nothing', '', 'with the header'],
    ['a quote that does not end', 'line_id,outcome,reason\n"A,success,', 'must be CSV'],
    ['too many rows', `line_id,outcome,reason\n${'A,success,\n'.repeat(20_001)}`, 'at most 20000 rows'],
  ])('are refused as a whole with %s', (_what, file, fault) => {
    expect(() => readResultsCsv(file)).toThrow(NotResults);
    expect(() => readResultsCsv(file)).toThrow(fault);
  });
});
