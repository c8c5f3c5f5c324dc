/** Whose turn it is in a ticket. The partner stands for whoever asked, a brand too. */
export const TICKET_STATES = ['open', 'waiting_for_operator', 'waiting_for_partner', 'closed'] as const;
export type TicketState = (typeof TICKET_STATES)[number];

/** Those in which an operator is waited for. */
export const WAITING_STATES: readonly TicketState[] = ['open', 'waiting_for_operator'];

/** What happens to tickets: `message` is by whoever asked, `mail` the same by e-mail, `answer` and `note` by operators. */
export const TICKET_ACTIONS = ['message', 'mail', 'answer', 'note', 'assign', 'close', 'reopen'] as const;
export type TicketAction = (typeof TICKET_ACTIONS)[number];

type Transitions = Readonly<Partial<Record<TicketState, TicketState>>>;

/** What an operator does without taking the turn. */
const BESIDE: Transitions = {
  open: 'open',
  waiting_for_operator: 'waiting_for_operator',
  waiting_for_partner: 'waiting_for_partner',
};

/** The state that each action makes of each state. What is not in here is refused. */
const TRANSITIONS: Readonly<Record<TicketAction, Transitions>> = {
  message: {
    open: 'open',
    waiting_for_operator: 'waiting_for_operator',
    waiting_for_partner: 'waiting_for_operator',
  },
  // Whoever answers a mail does not see that the ticket is closed: it is opened again.
  mail: {
    open: 'open',
    waiting_for_operator: 'waiting_for_operator',
    waiting_for_partner: 'waiting_for_operator',
    closed: 'waiting_for_operator',
  },
  answer: {
    open: 'waiting_for_partner',
    waiting_for_operator: 'waiting_for_partner',
    waiting_for_partner: 'waiting_for_partner',
  },
  note: { ...BESIDE, closed: 'closed' },
  assign: BESIDE,
  close: { open: 'closed', waiting_for_operator: 'closed', waiting_for_partner: 'closed' },
  reopen: { closed: 'waiting_for_operator' },
};

/** The state after the action; null when the state does not allow it. */
export function ticketStateAfter(action: TicketAction, state: TicketState): TicketState | null {
  return TRANSITIONS[action][state] ?? null;
}
