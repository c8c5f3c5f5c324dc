import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  TICKET_ACTIONS,
  TICKET_STATES,
  type TicketState,
  ticketStateAfter,
  WAITING_STATES,
} from './ticket-state.js';

const table = (state: TicketState) => TICKET_ACTIONS.map((action) => ticketStateAfter(action, state));

describe('T12 the states of tickets', () => {
  it('are changed by these actions, and by no other', () => {
    const operator = 'waiting_for_operator';
    const partner = 'waiting_for_partner';
    // In the order of TICKET_ACTIONS: message, mail, answer, note, assign, close, reopen.
    expect(Object.fromEntries(TICKET_STATES.map((state) => [state, table(state)]))).toEqual({
      open: ['open', 'open', partner, 'open', 'open', 'closed', null],
      waiting_for_operator: [operator, operator, partner, operator, operator, 'closed', null],
      waiting_for_partner: [operator, operator, partner, partner, partner, 'closed', null],
      closed: [null, operator, null, 'closed', null, null, operator],
    });
  });

  it('let the one who spoke last wait for the other, whatever happened before', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...TICKET_ACTIONS), { maxLength: 30 }), (actions) => {
        let state: TicketState = 'open';
        let waits: 'operator' | 'partner' | null = 'operator';
        for (const action of actions) {
          const next = ticketStateAfter(action, state);
          if (next === null) continue;
          state = next;
          if (action === 'answer') waits = 'partner';
          if (action === 'message' || action === 'mail' || action === 'reopen') waits = 'operator';
          if (action === 'close') waits = null;
        }
        expect(WAITING_STATES.includes(state)).toBe(waits === 'operator');
        expect(state === 'waiting_for_partner').toBe(waits === 'partner');
        expect(state === 'closed').toBe(waits === null);
      }),
      { numRuns: 40 },
    );
  });
});
