import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EcbRatesReader, NotEcbRates } from './read-ecb-rates.js';

const TODAY = '2026-11-02';

/** A file in the ECB's form around its days. */
const file = (days: string): string =>
  `<?xml version="1.0" encoding="UTF-8"?>
<gesmes:Envelope xmlns:gesmes="http://www.gesmes.org/xml/2002-08-01" xmlns="http://www.ecb.int/vocabulary/2002-08-01/eurofxref">
	<gesmes:subject>Reference rates</gesmes:subject>
	<gesmes:Sender>
		<gesmes:name>European Central Bank</gesmes:name>
	</gesmes:Sender>
	<Cube>
${days}
	</Cube>
</gesmes:Envelope>`;
const TWO_DAYS = file(`		<Cube time="2026-11-02">
			<Cube currency="USD" rate="1.0812"/>
			<Cube currency="JPY" rate="176.43"/>
		</Cube>
		<Cube time="2026-10-30">
			<Cube currency="USD" rate="1.0799"/>
			<Cube currency="ISK" rate="N/A"/>
			<Cube currency="ZZZ" rate="2.5"/>
		</Cube>`);
const RATES = [
  { day: '2026-11-02', currency: 'USD', rate: '1.0812' },
  { day: '2026-11-02', currency: 'JPY', rate: '176.43' },
  { day: '2026-10-30', currency: 'USD', rate: '1.0799' },
];

function read(...pieces: string[]) {
  const reader = new EcbRatesReader(TODAY);
  for (const piece of pieces) reader.write(piece);
  return reader.end();
}

describe('EcbRatesReader', () => {
  it('reads days and rates; leaves out N/A and codes that are no currencies', () => {
    expect(read(TWO_DAYS)).toEqual(RATES);
  });

  it('reads the daily file, whose attributes stand in single quotes', () => {
    expect(read(TWO_DAYS.replaceAll('"', "'"))).toEqual(RATES);
  });

  it('reads a file the same however it is cut into pieces', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.nat(TWO_DAYS.length)), (cuts) => {
        const bounds = [0, ...cuts.sort((a, b) => a - b), TWO_DAYS.length];
        expect(read(...bounds.slice(1).map((end, index) => TWO_DAYS.slice(bounds[index], end)))).toEqual(
          RATES,
        );
      }),
    );
  });

  it.each([
    ['cut off', TWO_DAYS.slice(0, -30), 'is no XML'],
    ['with a tag that is not closed', file('<Cube time="2026-10-30"><Cube currency="USD" rate="1.1"></Cube>'), 'is no XML'],
    ['of HTML', '<!DOCTYPE html><html><body>Maintenance</body></html>', 'has a document type'],
    ['of text', 'Service unavailable', 'is no XML'],
    ['that is empty', '', 'holds no rates'],
    ['without days', file(''), 'holds no rates'],
    ['with an unknown entity', file('<Cube time="2026-10-30"><Cube currency="USD" rate="&one;"/></Cube>'), 'is no XML'],
    ['with entities that expand', `<!DOCTYPE x [<!ENTITY a "1"><!ENTITY b "&a;&a;">]>${file('')}`, 'has a document type'],
    ['with a file as entity', `<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>${file('')}`, 'has a document type'],
    ['with a day that is none', file('<Cube time="2026-02-30"><Cube currency="USD" rate="1.1"/></Cube>'), "has the day '2026-02-30'"],
    ['of the future', file('<Cube time="2026-11-03"><Cube currency="USD" rate="1.1"/></Cube>'), 'must not lie in the future'],
    ['with a rate of nothing', file('<Cube time="2026-10-30"><Cube rate="1.1"/></Cube>'), 'without its day or currency'],
    ['with a rate of no day', file('<Cube currency="USD" rate="1.1"/>'), 'without its day or currency'],
    ['with an exponent', file('<Cube time="2026-10-30"><Cube currency="USD" rate="1e3"/></Cube>'), "has the rate '1e3'"],
    ['with a rate of zero', file('<Cube time="2026-10-30"><Cube currency="USD" rate="0"/></Cube>'), 'must be above zero'],
    ['with the euro', file('<Cube time="2026-10-30"><Cube currency="EUR" rate="1"/></Cube>'), 'is of the euro itself'],
    ['with two rates for one day', file('<Cube time="2026-10-30"><Cube currency="USD" rate="1.1"/><Cube currency="USD" rate="1.2"/></Cube>'), 'has two rates for USD of 2026-10-30'],
    ['with an endless tag', file(`<Cube ${'a'.repeat(70_000)}`), 'is no XML'],
  ])('refuses a file %s, all of it', (_name, text, reason) => {
    expect(() => read(text)).toThrow(NotEcbRates);
    expect(() => read(text)).toThrow(reason);
  }); // prettier-ignore

  it('gives up on a tag without an end while it is being read', () => {
    const reader = new EcbRatesReader(TODAY);
    reader.write('<Cube time="');
    expect(() => {
      for (let piece = 0; piece < 100; piece += 1) reader.write('2'.repeat(1_000));
    }).toThrow(NotEcbRates);
  });

  it('throws nothing else, whatever it reads', () => {
    const piece = fc.oneof(
      fc.constantFrom('<Cube', '>', '/>', ' time="2026-10-30"', ' rate="1"', '&', ']]>', '<!--'),
      fc.string(),
    );
    fc.assert(
      fc.property(fc.array(piece), (pieces) => {
        try {
          read(...pieces);
        } catch (error) {
          expect(error).toBeInstanceOf(NotEcbRates);
        }
      }),
    );
  });
});
