import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Linked, RunningCalls } from './running-calls.js';

class Call implements Linked<Call> {
  before: Call | null = null;
  after: Call | null = null;
}

describe('RunningCalls', () => {
  it('holds what was added and not removed, in the order of adding, as a Set does', () => {
    fc.assert(
      fc.property(fc.array(fc.option(fc.nat())), (steps) => {
        const calls = new RunningCalls<Call>();
        const model = new Set<Call>();
        for (const step of steps) {
          const one = step === null ? undefined : [...model][step % model.size];
          if (one) {
            calls.remove(one);
            model.delete(one);
            expect(one).toEqual({ before: null, after: null });
          } else {
            const call = new Call();
            calls.add(call);
            model.add(call);
          }
          expect([...calls].every((call, place) => call === [...model][place])).toBe(true);
          expect([...calls]).toHaveLength(model.size);
        }
      }),
    );
  });

  it('lets each be removed while it is looked at', () => {
    const calls = new RunningCalls<Call>();
    for (let count = 0; count < 3; count += 1) calls.add(new Call());
    for (const call of calls) calls.remove(call);
    expect([...calls]).toEqual([]);
  });
});
