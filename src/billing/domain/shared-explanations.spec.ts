import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LINE_KINDS } from './bill-lines.js';
import { shareExplanations, wholeExplanation } from './shared-explanations.js';

const TIER = { number: 1, from: '0.00', rateBps: 2000 };
const share = (promo: string, promoBase: string) => ({
  kind: 'period' as const,
  lineKey: `0:campaign:${promo}`,
  explanation: { formula: 'revshare_flat', tier: TIER, baseTotal: '30.00', promoBase },
});

describe('explanations of lines', () => {
  it('keep once what all lines of a strategy say', () => {
    const counted = (promo: string, qualifiedPlayers: number) => ({
      kind: 'period' as const,
      lineKey: `1:campaign:${promo}`,
      explanation: { formula: 'cpa', qualifiedPlayers },
    });
    const lines = [share('a', '10.00'), share('b', '20.00'), counted('a', 3), counted('b', 3)];
    expect(shareExplanations(lines)).toEqual({
      shared: {
        0: { formula: 'revshare_flat', tier: TIER, baseTotal: '30.00' },
        1: { formula: 'cpa', qualifiedPlayers: 3 },
      },
      own: [{ promoBase: '10.00' }, { promoBase: '20.00' }, {}, {}],
    });
  });

  it('leave to a line what others do not say', () => {
    const capped = { ...share('b', '20.00') };
    const lines = [
      share('a', '10.00'),
      { ...capped, explanation: { ...capped.explanation, amountCap: { took: '1.00' } } },
    ];
    expect(shareExplanations(lines).own).toEqual([
      { promoBase: '10.00' },
      { promoBase: '20.00', amountCap: { took: '1.00' } },
    ]);
  });

  it('share nothing between lines that are not of the bill’s own period', () => {
    const adjustment = { ...share('a', '10.00'), kind: 'adjustment' as const };
    const carry = { kind: 'carry_in' as const, lineKey: 'carry_in', explanation: { carried: '-1.00' } };
    const { shared, own } = shareExplanations([adjustment, carry]);
    expect(shared).toEqual({});
    expect(own).toEqual([adjustment.explanation, carry.explanation]);
  });

  it('of bills that were made before anything was shared stay as they are', () => {
    const line = share('a', '10.00');
    expect(wholeExplanation(line, {})).toEqual(line.explanation);
  });

  it('come together again whole, whatever they say', () => {
    const explanation = fc.dictionary(
      fc.constantFrom('formula', 'tier', 'promoBase', 'amountCap'),
      fc.oneof(fc.constantFrom('a', 'b', 1, null), fc.constant(TIER), fc.record({ took: fc.string() })),
    );
    const line = fc.record({
      kind: fc.constantFrom(...LINE_KINDS),
      lineKey: fc.constantFrom('0:c:p', '0:c:q', '1:c:p', '10:c:p', 'carry_in'),
      explanation,
    });
    fc.assert(
      fc.property(fc.array(line), (lines) => {
        // As the database keeps them.
        const { shared, own } = JSON.parse(JSON.stringify(shareExplanations(lines))) as ReturnType<
          typeof shareExplanations
        >;
        const whole = lines.map(({ kind, lineKey }, index) =>
          wholeExplanation({ kind, lineKey, explanation: own[index]! }, shared),
        );
        expect(whole).toEqual(lines.map((one) => ({ ...one.explanation })));
      }),
    );
  });
});
