import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { entryRefusal } from './code-entry.js';
import {
  nextStep,
  REFERRAL_STATES,
  reaches,
  type ReferralState,
  type ReferralStep,
  STEPS,
  UNSETTLED,
} from './referral-state.js';

const DAY = 86_400_000;
const at = (day: number): Date => new Date(day * DAY);

const facts = fc
  .record({
    workStands: fc.boolean(),
    verified: fc.boolean(),
    bothActive: fc.boolean(),
    samePerson: fc.boolean(),
    now: fc.integer({ min: 0, max: 120 }).map(at),
  })
  .map(({ verified, ...known }) => ({ ...known, fulfilled: known.workStands && verified }));
const standing = fc.record({
  state: fc.constantFrom(...REFERRAL_STATES),
  windowEndsAt: fc.constant(at(90)),
  payableAt: fc.integer({ min: 0, max: 110 }).map(at),
});

describe('T11 the states of a referral', () => {
  it('are left only by steps that lead from them, and the settled ones never', () => {
    fc.assert(
      fc.property(standing, facts, (referral, known) => {
        const step = nextStep(referral, known);
        if (step) expect(STEPS[step].from).toContain(referral.state);
        if (!(UNSETTLED as readonly ReferralState[]).includes(referral.state)) expect(step).toBeNull();
      }),
    );
  });

  it('lead to the bonus only with fulfilled conditions, after the hold, for two active partners', () => {
    fc.assert(
      fc.property(standing, facts, (referral, known) => {
        const pays = nextStep(referral, known) === 'reward';
        const due = referral.state === 'held' && known.now >= referral.payableAt;
        expect(pays).toBe(due && known.fulfilled && known.bothActive && !known.samePerson);
      }),
    );
  });

  it('lead from a hold or a bonus back only when the work was taken back, however the accounts stand', () => {
    fc.assert(
      fc.property(standing, facts, (referral, known) => {
        const step = nextStep(referral, known);
        const lost = !known.workStands;
        if (referral.state === 'rewarded') expect(step).toBe(lost ? 'reverse' : null);
        if (referral.state === 'held') expect(step === 'reopen' || step === 'miss').toBe(lost);
      }),
    );
  });

  it('reach every state, and the bonus once at most', () => {
    const after = (state: ReferralState): ReferralState[] =>
      (Object.keys(STEPS) as ReferralStep[]).flatMap((step) =>
        STEPS[step].from.includes(state) ? [STEPS[step].to] : [],
      );
    const reached = new Set<ReferralState>(['open']);
    for (const state of reached) for (const next of after(state)) reached.add(next);
    expect([...reached].sort()).toEqual([...REFERRAL_STATES].sort());
    const behind = new Set(after('rewarded'));
    for (const state of behind) for (const next of after(state)) behind.add(next);
    expect(behind.has('rewarded')).toBe(false);
  });

  it('ask for the minimum of one currency', () => {
    const minimums = new Map([['EUR', 100n], ['USD', 110n]]); // prettier-ignore
    expect(reaches(new Map([['EUR', 99n], ['USD', 109n]]), minimums)).toBe(false); // prettier-ignore
    expect(reaches(new Map([['USD', 110n]]), minimums)).toBe(true);
    expect(reaches(new Map([['GBP', 999n]]), minimums)).toBe(false);
  });
});

describe('T11 the entry of a code', () => {
  it('tells first what no other code would change', () => {
    const fine = {
      ...{
        programOpen: true,
        inviterId: 'a',
        partnerId: 'b',
        entered: false,
        signedUpAt: at(0),
        inviterSignedUpAt: at(0),
        now: at(29.9),
      },
      ...{ worked: false, inviterActive: true, samePerson: false },
    };
    expect(entryRefusal(fine)).toBeNull();
    expect(entryRefusal({ ...fine, now: at(30) })).toBe('late');
    expect(entryRefusal({ ...fine, entered: true, programOpen: false, inviterId: null })).toBe('entered');
    expect(entryRefusal({ ...fine, programOpen: false, worked: true })).toBe('closed');
    expect(entryRefusal({ ...fine, worked: true, inviterId: null })).toBe('worked');
    expect(entryRefusal({ ...fine, inviterId: null, samePerson: true })).toBe('unknown');
    expect(entryRefusal({ ...fine, inviterId: 'b' })).toBe('own');
    expect(entryRefusal({ ...fine, inviterId: 'c', inviterActive: false })).toBe('younger');
    // Ids of imported partners are of their import.
    expect(entryRefusal({ ...fine, inviterId: 'c', inviterSignedUpAt: at(-1) })).toBeNull();
    expect(entryRefusal({ ...fine, inviterSignedUpAt: at(1) })).toBe('younger');
    expect(entryRefusal({ ...fine, inviterActive: false, samePerson: true })).toBe('inactive');
    expect(entryRefusal({ ...fine, samePerson: true })).toBe('same_person');
  });
});
