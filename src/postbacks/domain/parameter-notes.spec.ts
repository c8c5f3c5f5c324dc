import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { customParametersOf, parameterNotes } from './parameter-notes.js';

const notes = (template: string, query: Record<string, string>) =>
  parameterNotes([template], query).map(({ code, parameter, carriedAs }) => [code, parameter, carriedAs]);

describe('B03 parameters of a link and a postback', () => {
  it('are custom unless they are built in', () => {
    expect(customParametersOf(['http://t.me/?a=${webID}&b=${amount}&c=${webID}', '{"x":"${y}"}'])).toEqual([
      'webID',
      'y',
    ]);
  });

  it.each([
    ['publisherID', 'btag', 'the only one that is of no use otherwise'],
    ['clickID', 'clickid', 'another case'],
    ['clickid', 'click_id', 'other signs'],
    ['clickid', 'amp;clickid', 'an & that HTML has spoilt'],
    ['transactionid', 'transcationid', 'a slip'],
    ['publisherID', 'publisher', 'a part'],
  ])('are named differently: wanted %s, carried %s (%s)', (wanted, carried) => {
    const more: Record<string, string> = carried === 'btag' ? {} : { campaign: 'x' };
    expect(notes(`http://t.me/?x=\${${wanted}}`, { [carried]: '1', ...more })).toEqual([
      ['parameter_named_differently', wanted, carried],
    ]);
  });

  it('are missing when nothing that was carried comes near', () => {
    const [note] = parameterNotes(['http://t.me/?c=${clickid}'], { source: 'x', campaign: 'y' });
    expect(note).toMatchObject({ code: 'parameter_missing', parameter: 'clickid' });
    expect(note!.message).toContain('only source, campaign');
    expect(notes('http://t.me/?c=${clickid}', {})).toEqual([['parameter_missing', 'clickid', undefined]]);
  });

  it('are not confused with one that the postback has a use for', () => {
    expect(notes('http://t.me/?a=${btag}&b=${publisherID}', { btag: '1' })).toEqual([
      ['parameter_missing', 'publisherID', undefined],
    ]);
  });

  it.each([
    ['%/n/h3D1021df233', 'parameter_corrupted'],
    ['%2541', 'parameter_corrupted'],
    ['a%20b', 'parameter_corrupted'],
    ['a\ufffdb', 'parameter_corrupted'],
    ['a\nb', 'parameter_corrupted'],
    ['a&amp;b', 'parameter_corrupted'],
    ['', 'parameter_empty'],
    ['{clickid}', 'parameter_not_replaced'],
    ['#reqid#', 'parameter_not_replaced'],
    ['[SOMETHING]', 'parameter_not_replaced'],
    ['${click}', 'parameter_not_replaced'],
    ['{{click}}', 'parameter_not_replaced'],
    ['%click%', 'parameter_not_replaced'],
  ])('have a value that looks wrong: %j', (value, code) => {
    expect(notes('http://t.me/?t=${transactionid}', { transactionid: value })).toEqual([
      [code, 'transactionid', undefined],
    ]);
  });

  it.each(['3D1021df233', '12345', 'a-b_c.d~e', 'ä €', 'a b+c', 'eyJhIjoxfQ==', '{"a":1}'])(
    'have a value that is fine: %j',
    (value) => expect(notes('http://t.me/?t=${x}', { x: value })).toEqual([]),
  );

  it("look at a link's own visit_id too", () => {
    expect(notes('http://t.me/?t=${visit_id}', { visit_id: '#reqid#' })).toEqual([
      ['parameter_not_replaced', 'visit_id', undefined],
    ]);
    expect(notes('http://t.me/?t=${visit_id}', {})).toEqual([]);
  });

  it('get one note at most each, whatever they are', () => {
    const name = fc.stringMatching(/^[A-Za-z_][A-Za-z0-9_]{0,12}$/);
    const query = fc.dictionary(fc.string(), fc.string(), { maxKeys: 5 });
    fc.assert(
      fc.property(fc.uniqueArray(name, { maxLength: 5 }), query, (wanted, carried) => {
        const template = wanted.map((each) => `\${${each}}`).join('&');
        const noted = parameterNotes([template], carried).map(({ parameter }) => parameter);
        expect(new Set(noted).size).toBe(noted.length);
        expect(noted.every((each) => wanted.includes(each))).toBe(true);
      }),
      { numRuns: 30 },
    );
  });
});
