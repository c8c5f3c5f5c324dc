import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { NotResults } from './payout-results.js';
import { readPain002 } from './read-pain002.js';

const NAMESPACE = 'urn:iso:std:iso:20022:tech:xsd:pain.002.001.10';
const GROUP = '<OrgnlMsgId>MSG1</OrgnlMsgId><OrgnlMsgNmId>pain.001.001.09</OrgnlMsgNmId>';

const report = (content: string, group = ''): string =>
  `<?xml version="1.0" encoding="UTF-8"?><Document xmlns="${NAMESPACE}"><CstmrPmtStsRpt>` +
  '<GrpHdr><MsgId>R1</MsgId><CreDtTm>2026-11-03T08:00:00Z</CreDtTm></GrpHdr>' +
  `<OrgnlGrpInfAndSts>${GROUP}${group}</OrgnlGrpInfAndSts>${content}</CstmrPmtStsRpt></Document>`;

const block = (content: string, status = ''): string =>
  `<OrgnlPmtInfAndSts><OrgnlPmtInfId>MSG1-SEPA</OrgnlPmtInfId>${status}${content}</OrgnlPmtInfAndSts>`;

const transaction = (id: string, status: string | null, reason = ''): string =>
  `<TxInfAndSts><OrgnlEndToEndId>${id}</OrgnlEndToEndId>` +
  `${status === null ? '' : `<TxSts>${status}</TxSts>`}${reason}` +
  '<OrgnlTxRef><Amt><InstdAmt Ccy="EUR">1.00</InstdAmt></Amt></OrgnlTxRef></TxInfAndSts>';

const REASON =
  '<StsRsnInf><Rsn><Cd>AC04</Cd></Rsn><AddtlInf>Account &amp; holder\n closed</AddtlInf></StsRsnInf>';

describe('B09 pain.002.001.10', () => {
  it('tells of each payment whether it was made, with the reason when not', () => {
    const file = report(
      block(transaction('A', 'ACSC') + transaction('B', 'RJCT', REASON) + transaction('C', 'ACSP')),
      '<GrpSts>PART</GrpSts>',
    );
    expect(readPain002(file, 'MSG1')).toEqual({
      results: [
        { place: 'transaction 1', line: 'A', outcome: 'succeeded', reason: null },
        { place: 'transaction 2', line: 'B', outcome: 'failed', reason: 'AC04 Account & holder closed' },
      ],
      refused: [],
      others: [{ block: null, outcome: null, reason: null }],
      open: ['C'],
    });
  });

  it('tells of blocks and of the whole, blocks first', () => {
    const file = report(
      block('', `<PmtInfSts>ACCC</PmtInfSts>`),
      `<GrpSts>RJCT</GrpSts><StsRsnInf><Rsn><Prtry>LIMIT</Prtry></Rsn></StsRsnInf>`,
    );
    expect(readPain002(file, 'MSG1').others).toEqual([
      { block: 'MSG1-SEPA', outcome: 'succeeded', reason: null },
      { block: null, outcome: 'failed', reason: 'LIMIT' },
    ]);
  });

  it('says of a block that it waits, whatever the whole is said to be', () => {
    const file = report(block('', '<PmtInfSts>PDNG</PmtInfSts>'), '<GrpSts>ACSC</GrpSts>');
    expect(readPain002(file, 'MSG1').others).toEqual([
      { block: 'MSG1-SEPA', outcome: null, reason: null },
      { block: null, outcome: 'succeeded', reason: null },
    ]);
  });

  it.each(['PDNG', 'ACCP', 'ACSP', 'constructor'])(
    'leaves a payment open that is %s in a block that is made',
    (status) => {
      const file = report(block(transaction('A', status), '<PmtInfSts>ACSC</PmtInfSts>'));
      expect(readPain002(file, 'MSG1')).toMatchObject({ results: [], open: ['A'] });
    },
  );

  it.each([
    ['its block', 'ACSC', 'RJCT', { results: [{ line: 'A', outcome: 'succeeded', reason: null }], open: [] }],
    ['its block, open', 'PDNG', 'ACSC', { results: [], open: ['A'] }],
    ['the whole', null, 'RJCT', { results: [{ line: 'A', outcome: 'failed', reason: 'LIMIT' }], open: [] }],
    ['nothing', null, null, { results: [], open: ['A'] }],
  ])('lets a payment without a status follow %s', (_what, ofBlock, ofGroup, said) => {
    const file = report(
      block(transaction('A', null), ofBlock ? `<PmtInfSts>${ofBlock}</PmtInfSts>` : ''),
      ofGroup ? `<GrpSts>${ofGroup}</GrpSts><StsRsnInf><Rsn><Cd>LIMIT</Cd></Rsn></StsRsnInf>` : '',
    );
    const { results, open } = readPain002(file, 'MSG1');
    expect({ results, open }).toMatchObject(said);
  });

  it('gives such a payment its own reason and its block’s, and others none but their own', () => {
    const rejected = `<PmtInfSts>RJCT</PmtInfSts><StsRsnInf><Rsn><Cd>NARR</Cd></Rsn></StsRsnInf>`;
    const file = report(block(transaction('A', null, REASON) + transaction('B', 'ACSC'), rejected));
    expect(readPain002(file, 'MSG1').results).toMatchObject([
      { line: 'A', outcome: 'failed', reason: 'AC04 Account & holder closed NARR' },
      { line: 'B', outcome: 'succeeded', reason: null },
    ]);
  });

  it('ignores whatever is below supplementary data', () => {
    const supplement =
      '<SplmtryData><Envlp><b:Bank xmlns:b="urn:bank"><b:TxSts>RJCT</b:TxSts>' +
      `<b:Scan>${'A'.repeat(70_000)}</b:Scan></b:Bank><TxSts>RJCT</TxSts></Envlp></SplmtryData>`;
    const file = report(block(transaction('A', 'ACSC', supplement)) + supplement);
    expect(readPain002(file, 'MSG1')).toEqual(readPain002(file.replaceAll(supplement, ''), 'MSG1'));
    expect(() => readPain002(file.replaceAll('SplmtryData', 'OrgnlTxRef'), 'MSG1')).toThrow(NotResults);
  });

  it('reads prefixed names and character data', () => {
    const file = report(block(transaction('A', 'RJCT', REASON)))
      .replaceAll(/<(\/?)(\w)/g, '<$1p:$2')
      .replace('xmlns=', 'xmlns:p=')
      .replace('AC04', '<![CDATA[AC04]]>');
    expect(readPain002(file, 'MSG1').results).toEqual([
      { place: 'transaction 1', line: 'A', outcome: 'failed', reason: 'AC04 Account & holder closed' },
    ]);
  });

  it.each([
    ['another message', report('').replace('MSG1', 'MSG2'), 'must be about the message MSG1'],
    ['another kind', report('').replace('pain.002.001.10', 'pain.002.001.03'), 'in the namespace'],
    ['no message', report('').replace(GROUP, ''), 'with an OrgnlMsgId'],
    [
      'a status of no block',
      report(block('', '<PmtInfSts>RJCT</PmtInfSts>')).replace(
        '<OrgnlPmtInfId>MSG1-SEPA</OrgnlPmtInfId>',
        '',
      ),
      'must have an OrgnlPmtInfId',
    ],
    [
      'a status of a block with an empty name',
      report(block('', '<PmtInfSts>PDNG</PmtInfSts>')).replace('MSG1-SEPA', ' '),
      'must have an OrgnlPmtInfId',
    ],
    [
      'a payment without a name, which may be any',
      report(block(transaction('', 'PDNG'), '<PmtInfSts>ACSC</PmtInfSts>')),
      'must have an OrgnlEndToEndId',
    ],
    ['an end that is cut off', report('').slice(0, -20), 'must be well-formed XML'],
    [
      'a document type',
      report('').replace('<Document', '<!DOCTYPE x [<!ENTITY a "b">]><Document'),
      'document type',
    ],
    ['an entity', report(block(transaction('&xxe;', 'ACSC'))), 'must be well-formed XML'],
    ['an endless field', report(block(transaction('A'.repeat(70_000), 'ACSC'))), 'must not have fields'],
  ])('refuses %s', (_what, file, fault) => {
    expect(() => readPain002(file, 'MSG1')).toThrow(NotResults);
    expect(() => readPain002(file, 'MSG1')).toThrow(fault);
  });

  it('refuses whatever is no report, and nothing else happens', () => {
    const whole = report(block(transaction('A', 'ACSC')));
    fc.assert(
      fc.property(fc.nat(whole.length - 1), fc.string({ maxLength: 5 }), (cut, text) => {
        try {
          readPain002(whole.slice(0, cut) + text + whole.slice(cut + 1), 'MSG1');
        } catch (error) {
          expect(error).toBeInstanceOf(NotResults);
        }
      }),
    );
  });
});
