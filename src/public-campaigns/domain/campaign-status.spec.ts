import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  CAMPAIGN_STATES,
  CAMPAIGN_TRANSITIONS,
  type CampaignAction,
  campaignStatus,
  consumptionPercent,
  overAt,
  sharesOut,
} from './campaign-status.js';
import { instantIn, timeFault } from './campaign-times.js';

const START = new Date('2026-11-10T00:00:00Z');
const END = new Date('2026-11-20T00:00:00Z');

const at = (now: string, consumedMinor = 0n, budgetMinor = 100n) =>
  campaignStatus({ startsAt: START, endsAt: END, budgetMinor, consumedMinor }, new Date(now));

describe('E04 the status of a campaign', () => {
  it.each([
    ['2026-11-09T23:59:59.999Z', 0n, 'upcoming', 'a millisecond before its start'],
    ['2026-11-10T00:00:00.000Z', 0n, 'ongoing', 'at its start'],
    ['2026-11-19T23:59:59.999Z', 99n, 'ongoing', 'a millisecond before its end'],
    ['2026-11-20T00:00:00.000Z', 0n, 'finished', 'at its end'],
    ['2026-11-15T00:00:00.000Z', 100n, 'over_budget', 'with its budget used up'],
    ['2026-11-15T00:00:00.000Z', 99n, 'ongoing', 'with a cent left'],
    ['2026-11-20T00:00:00.000Z', 100n, 'finished', 'at its end, with its budget used up'],
    ['2026-11-09T00:00:00.000Z', 100n, 'upcoming', 'before its start, whatever is consumed'],
  ])('%s, %s of 100 consumed: %s (%s)', (now, consumed, status) => {
    expect(at(now, consumed)).toBe(status);
  });

  it('comes in one order as time goes by: upcoming, then ongoing or over budget, then finished', () => {
    const order = { upcoming: 0, ongoing: 1, over_budget: 1, finished: 2 };
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: START.getTime() - 1e9, max: END.getTime() + 1e9 }), { minLength: 2 }),
        fc.bigInt({ min: 0n, max: 100n }),
        (instants, consumed) => {
          const seen = instants
            .toSorted((a, b) => a - b)
            .map((ms) => at(new Date(ms).toISOString(), consumed));
          const places = seen.map((status) => order[status]);
          expect(places).toEqual(places.toSorted());
        },
      ),
      { numRuns: 40 },
    );
  });

  it('every state and action: what is not in the table is refused', () => {
    const actions = Object.keys(CAMPAIGN_TRANSITIONS) as CampaignAction[];
    const reached = CAMPAIGN_STATES.map((state) =>
      actions.filter((action) => CAMPAIGN_TRANSITIONS[action].from.includes(state)).join(),
    );
    expect(reached).toEqual(['publish,cancel', 'pause,cancel', 'resume,cancel', '']);
  });

  it('is over at its end, or when it was cancelled before', () => {
    expect(overAt({ endsAt: END, cancelledAt: null })).toBe(END);
    expect(overAt({ endsAt: END, cancelledAt: START })).toBe(START);
    expect(overAt({ endsAt: END, cancelledAt: new Date('2026-12-01') })).toBe(END);
  });
});

describe('E03 sharing out the budget', () => {
  const campaign = { endsAt: END, cancelledAt: null };
  it.each([
    ['published', START, true],
    ['paused', START, false],
    ['paused', new Date(END.getTime() - 1), false],
    ['paused', END, true],
    ['cancelled', START, true],
  ] as const)('%s at %o: %s', (state, now, shares) => {
    expect(sharesOut({ ...campaign, state }, now)).toBe(shares);
  });
});

describe('E03 consumption in per cent', () => {
  it.each([
    [0n, 3n, 0],
    [1n, 3n, 33],
    [2n, 3n, 66],
    [3n, 3n, 100],
    [999_999n, 1_000_000n, 99],
    [9_223_372_036_854_775_806n, 9_223_372_036_854_775_807n, 99],
  ])('%s of %s is %s', (consumedMinor, budgetMinor, percent) => {
    expect(consumptionPercent({ consumedMinor, budgetMinor })).toBe(percent);
  });

  it('is 100 exactly when nothing is left', () => {
    const amount = fc.bigInt({ min: 1n, max: 10n ** 18n });
    fc.assert(
      fc.property(amount, amount, (budgetMinor, consumed) => {
        const consumedMinor = consumed > budgetMinor ? budgetMinor : consumed;
        expect(consumptionPercent({ budgetMinor, consumedMinor }) === 100).toBe(
          consumedMinor === budgetMinor,
        );
      }),
      { numRuns: 40 },
    );
  });
});

describe('E04 times of a campaign', () => {
  it.each([
    ['Europe/Berlin', '2026-11-20', '2026-11-19T23:00:00.000Z'],
    ['Europe/Berlin', '2026-07-01T09:30', '2026-07-01T07:30:00.000Z'],
    ['America/New_York', '2026-11-20T09:00:15', '2026-11-20T14:00:15.000Z'],
    ['Europe/Berlin', '2026-11-20T09:00:00Z', '2026-11-20T09:00:00.000Z'],
    ['Europe/Berlin', '2026-11-20T09:00:00+05:30', '2026-11-20T03:30:00.000Z'],
    // The clocks go back at three: the first of the two is meant.
    ['Europe/Berlin', '2026-10-25T02:30', '2026-10-25T00:30:00.000Z'],
  ])('%s: %s is %s', (zone, text, instant) => {
    expect(instantIn(zone, text)?.toISOString()).toBe(instant);
  });

  it.each([
    ...['', 'tomorrow', '2026-02-30', '2026-11-20T25:00', '2026-11-20 09:00', '1e9', '٢٠٢٦-١١-٢٠'],
    ...[
      '2026-11-20T24:00:00Z',
      '2026-12-31T23:00:00+99:99',
      '2026-12-31T23:00:00+24:00',
      '2026-12-31T23:00:00-01:60',
    ],
    ...['9999-12-31T23:59:59-23:59', '0000-01-01', '1999-12-31'],
  ])('refuses %j', (text) => expect(instantIn('UTC', text)).toBeNull());

  it('must be in order, posting within the campaign', () => {
    const times = { startsAt: START, endsAt: END, postingFrom: START, postingUntil: END };
    expect(timeFault(times)).toBeNull();
    expect(timeFault({ ...times, endsAt: START })?.path).toBe('endsAt');
    expect(timeFault({ ...times, postingFrom: new Date(0) })?.path).toBe('postingFrom');
    expect(timeFault({ ...times, postingUntil: new Date('2027-01-01') })?.path).toBe('postingUntil');
    expect(timeFault({ ...times, postingUntil: START })?.path).toBe('postingUntil');
  });
});
