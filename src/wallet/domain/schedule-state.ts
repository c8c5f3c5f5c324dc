/** A schedule's life: it runs while active; who paused it, or what suspended it, is overcome by resuming. */
export const SCHEDULE_STATES = ['active', 'paused', 'suspended', 'deleted'] as const;
export type ScheduleState = (typeof SCHEDULE_STATES)[number];

/** What suspends a schedule until somebody resumes it, with what people are told. */
export const SUSPENSIONS = {
  TWO_FACTOR_DISABLED:
    'The person in whose name it runs has turned two-factor authentication off since; it goes on when it is resumed.',
  PERSON_NOT_ALLOWED:
    'The person in whose name it runs is blocked or may not withdraw any more; it goes on when somebody who may resumes it.',
  PAYMENT_METHOD_DELETED:
    'Its payment method was deleted; it goes on when it is given another one and resumed.',
} as const;
export type Suspension = keyof typeof SUSPENSIONS;

/** What a schedule's run came to. */
export const RUN_OUTCOMES = ['requested', 'below_minimum', 'missed', 'refused'] as const;
export type RunOutcome = (typeof RUN_OUTCOMES)[number];

/** What people can do to a schedule's state: from which states, and what it is called when done. */
export const SCHEDULE_MOVES = {
  pause: { from: ['active'], done: 'paused' },
  resume: { from: ['paused', 'suspended'], done: 'resumed' },
} as const satisfies Record<string, { from: readonly ScheduleState[]; done: string }>;
export type ScheduleMove = keyof typeof SCHEDULE_MOVES;
