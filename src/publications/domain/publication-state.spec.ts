import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type Action,
  ACTIONS,
  DECLINES_THAT_END,
  firstStep,
  MOVES,
  nextStep,
  type Side,
  stateOf,
  STATES,
  type Step,
  STEPS,
  stepsOf,
  timeFault,
  timesOf,
} from './publication-state.js';

const FINAL: readonly Step[] = ['confirmed', 'rejected', 'overdue'];
const SIDES: readonly Side[] = ['partner', 'brand', 'operator', 'system'];
const NOW = new Date('2026-11-02T09:00:00Z');
const OFFER = { contentDays: 7, publicationDays: 14, autoConfirm: true };
const after = (days: number): Date => new Date(NOW.getTime() + days * 86_400_000);

/** The rules in the words of the specification: who may do what where, and where it leads. */
const RULES: Readonly<Partial<Record<Step, Partial<Record<Action, readonly [Side, Step]>>>>> = {
  moderation: { approve_platform: ['brand', 'scheduled'], reject: ['brand', 'rejected'] },
  content_review: {
    submit_content: ['partner', 'review_of_content'],
    expire: ['system', 'overdue'],
  },
  review_of_content: {
    approve_content: ['brand', 'scheduled'],
    decline_content: ['brand', 'content_review'],
  },
  scheduled: { submit_evidence: ['partner', 'review_of_publication'], expire: ['system', 'overdue'] },
  review_of_publication: {
    confirm: ['brand', 'confirmed'],
    confirm_unanswered: ['system', 'confirmed'],
    reject: ['brand', 'rejected'],
  },
};

describe('T05 the steps of a publication', () => {
  it('every step × action × side is as the rules say', () => {
    for (const step of STEPS) {
      for (const action of ACTIONS) {
        for (const side of SIDES) {
          const [by, to] = RULES[step]?.[action] ?? [null, null];
          const standing = { step, declines: 0, contentReviewRequired: false };
          expect([step, action, side, nextStep(action, side, standing)]).toEqual([
            step,
            action,
            side,
            by === side ? to : null,
          ]);
        }
      }
    }
  });

  it('begin where the offer says; the content is reviewed before it is published where the offer wants that', () => {
    const offer = (requiresModeration: boolean, contentReviewRequired: boolean) => ({
      requiresModeration,
      contentReviewRequired,
    });
    expect(firstStep(offer(true, true))).toBe('moderation');
    expect(firstStep(offer(true, false))).toBe('moderation');
    expect(firstStep(offer(false, true))).toBe('content_review');
    expect(firstStep(offer(false, false))).toBe('scheduled');
    const moderated = { step: 'moderation', declines: 0, contentReviewRequired: true } as const;
    expect(nextStep('approve_platform', 'brand', moderated)).toBe('content_review');
  });

  it('the first and second decline give another try, the third ends it', () => {
    const led = [0, 1, 2].map((declines) =>
      nextStep('decline_content', 'brand', {
        step: 'review_of_content',
        declines,
        contentReviewRequired: true,
      }),
    );
    expect(led).toEqual(['content_review', 'content_review', 'rejected']);
  });

  it('all can be reached, and from each that is not final an end', () => {
    const reach = (from: readonly Step[]): Set<Step> => {
      const reached = new Set(from);
      for (const step of reached) {
        for (const move of MOVES) if (move.from === step) reached.add(move.to);
      }
      return reached;
    };
    expect(reach(['moderation'])).toEqual(new Set(STEPS));
    for (const step of STEPS) expect([...reach([step])].some((end) => FINAL.includes(end))).toBe(true);
    for (const { from } of MOVES) expect(FINAL).not.toContain(from);
    expect(new Set(MOVES.map(({ action }) => action))).toEqual(new Set(ACTIONS));
  });

  it('end after whatever is done, with three declines at most, and never go on from an end', () => {
    fc.assert(
      fc.property(
        fc.boolean(),
        fc.array(fc.tuple(fc.constantFrom(...ACTIONS), fc.constantFrom(...SIDES)), { maxLength: 60 }),
        (contentReviewRequired, tries) => {
          let step: Step = firstStep({ requiresModeration: true, contentReviewRequired });
          let declines = 0;
          for (const [action, side] of tries) {
            const next = nextStep(action, side, { step, declines, contentReviewRequired });
            if (next === null) continue;
            expect(FINAL).not.toContain(step);
            if (action === 'decline_content') declines += 1;
            step = next;
          }
          expect(declines).toBeLessThanOrEqual(DECLINES_THAT_END);
          if (declines === DECLINES_THAT_END) expect(step).toBe('rejected');
          if (!contentReviewRequired) expect(declines).toBe(0);
        },
      ),
      { numRuns: 40 },
    );
  });

  it('are shown as seven states, the two reviews by what is looked at', () => {
    expect([...new Set(STEPS.map((step) => stateOf(step).state))].sort()).toEqual([...STATES].sort());
    expect(stepsOf('review', undefined)).toEqual(['review_of_content', 'review_of_publication']);
    expect(stepsOf('review', 'content')).toEqual(['review_of_content']);
    expect(stepsOf(undefined, 'publication')).toEqual(['review_of_publication']);
    expect(stepsOf('scheduled', 'content')).toEqual([]);
    expect(stepsOf(undefined, undefined)).toBeNull();
  });
});

describe('T05 times', () => {
  it('the deadline is set on each entry to the steps in which the creator hands in', () => {
    expect(timesOf('content_review', OFFER, NOW)).toEqual({ deadlineAt: after(7), confirmAt: null });
    expect(timesOf('scheduled', OFFER, NOW)).toEqual({ deadlineAt: after(14), confirmAt: null });
    for (const step of STEPS) {
      const { deadlineAt } = timesOf(step, OFFER, NOW);
      expect(deadlineAt !== null).toBe(MOVES.some((move) => move.from === step && move.action === 'expire'));
    }
  });

  it('who does not answer for 14 days has confirmed, unless the offer says no', () => {
    expect(timesOf('review_of_publication', OFFER, NOW).confirmAt).toEqual(after(14));
    const never = { ...OFFER, autoConfirm: false };
    expect(timesOf('review_of_publication', never, NOW).confirmAt).toBeNull();
  });

  it('at the deadline itself it is too late for the one, and due for the other', () => {
    const times = { deadlineAt: NOW, confirmAt: NOW };
    const before = new Date(NOW.getTime() - 1);
    for (const action of ['submit_content', 'submit_evidence'] as const) {
      expect(timeFault(action, times, before)).toBeNull();
      expect(timeFault(action, times, NOW)).toBe('DEADLINE_PASSED');
    }
    expect(timeFault('reject', times, before)).toBeNull();
    expect(timeFault('reject', times, NOW)).toBe('REVIEW_PERIOD_OVER');
    expect(timeFault('confirm', times, NOW)).toBeNull();
    for (const action of ['expire', 'confirm_unanswered'] as const) {
      expect(timeFault(action, times, before)).toBe('NOT_DUE');
      expect(timeFault(action, times, NOW)).toBeNull();
      expect(timeFault(action, { deadlineAt: null, confirmAt: null }, NOW)).toBe('NOT_DUE');
    }
  });
});
