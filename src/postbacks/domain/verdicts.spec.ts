import { describe, expect, it } from 'vitest';
import type { OutboundError } from '../delivery/outbound-error.js';
import { type LoggedAttempt, NO_ANSWER } from './reasons.js';
import {
  type Absence,
  disabled,
  type KnownDelivery,
  verdictOfAbsence,
  verdictOfDelivery,
  verdictOfQualification,
  verdictWithoutDelivery,
} from './verdicts.js';

const at = (time: string) => new Date(`2026-11-02T${time}Z`);
const NOW = at('09:00:00');

const attempt = (change: Partial<LoggedAttempt> = {}): LoggedAttempt => ({
  sentAt: at('08:00:00'),
  responseCode: 500,
  error: null,
  durationMs: 12,
  ...change,
});
const delivery = (change: Partial<KnownDelivery>): KnownDelivery => ({
  state: 'pending',
  attempts: 1,
  nextAttemptAt: at('08:00:05'),
  givenUpAt: null,
  last: attempt(),
  ...change,
});

describe('B03 what became of a delivery', () => {
  it.each([
    [
      'sent',
      { state: 'delivered', last: attempt({ responseCode: 204 }) },
      'Sent at 2026-11-02T08:00:00.000Z: the tracker answered 204.',
    ],
    ['sent', { state: 'delivered', attempts: 3, last: null }, 'Sent. It took 3 attempts.'],
    ['waiting', { attempts: 0, last: null }, 'Waits for its first attempt, due at 2026-11-02T08:00:05.000Z.'],
    ['retrying', {}, 'at attempt 1, the tracker answered 500.'],
    ['retrying', { last: attempt({ responseCode: 302 }) }, 'the tracker answered 302, which is not followed'],
    ['retrying', { last: attempt({ responseCode: null, error: 'timeout' }) }, 'did not answer in time'],
    [
      'retrying',
      { last: attempt({ responseCode: null, error: 'some_new_one' }) },
      'it failed (some_new_one)',
    ],
    [
      'refused_at_connect',
      { last: attempt({ responseCode: null, error: 'address_refused' }) },
      'The next attempt is due at',
    ],
    [
      'refused_at_connect',
      { state: 'failed', last: attempt({ responseCode: null, error: 'address_refused' }) },
      'It was given up.',
    ],
    [
      'too_long',
      {
        state: 'failed',
        attempts: 0,
        last: attempt({ responseCode: null, error: 'url_over_8192_characters' }),
      },
      'Not sent: with its values the URL is longer than 8,192 characters',
    ],
    ['gone', { state: 'failed', last: attempt({ responseCode: 410 }) }, '410 Gone'],
    ['gone', { state: 'cancelled', givenUpAt: NOW, last: attempt({ responseCode: 410 }) }, '410 Gone'],
    [
      'failed',
      { state: 'failed', attempts: 10 },
      'Given up after 10 attempts: the tracker answered 500. It can be sent again',
    ],
    ['failed', { state: 'failed', attempts: 1, last: null }, 'after 1 attempt: the reason is no longer kept'],
    [
      'cancelled',
      { state: 'cancelled', attempts: 2, givenUpAt: NOW },
      'was disabled at 2026-11-02T09:00:00.000Z while this waited, after 2 failed attempts.',
    ],
  ] as const)('%s', (code, change, message) => {
    const verdict = verdictOfDelivery(delivery(change));
    expect(verdict.code).toBe(code);
    expect(verdict.message).toContain(message);
  });

  it('says how long it is tried', () => {
    const { message } = verdictOfDelivery(delivery({ attempts: 8, nextAttemptAt: at('09:00:00') }));
    expect(message).toContain('given up around 2026-11-03T09:00:00.000Z');
  });
});

describe('B03 every way in which an attempt gets no answer', () => {
  const words: Readonly<Record<OutboundError, string>> = NO_ANSWER;

  it.each(Object.entries(words))('has words: %s', (error, text) => {
    const last = attempt({ responseCode: null, error });
    expect(verdictOfDelivery(delivery({ last })).message).toContain(text);
  });
});

describe('B03 why an event has no delivery', () => {
  const postback = {
    createdAt: at('06:00:00'),
    updatedAt: at('06:00:00'),
    disabledAt: null,
    disabledReason: null,
  } as const;
  const event = { recordedAt: at('08:00:00'), imported: false, waits: false };
  const old = new Date('2026-08-01T00:00:00Z');
  const disabledAt = (time: string) => ({ disabledAt: at(time), disabledReason: 'gone' }) as const;

  it.each([
    // It was reported while the postback was there and active, and is gone.
    ['not_queued', {}, {}],
    ['not_queued', { recordedAt: at('06:00:00') }, {}],
    ['being_queued', { waits: true }, {}],
    ['no_longer_kept', { recordedAt: old }, { createdAt: old, updatedAt: old }],
    ['no_longer_kept', { recordedAt: old }, { createdAt: old }],
    // The postback was not there, or not active, or another one.
    ['made_after_event', {}, { createdAt: at('08:30:00'), updatedAt: at('08:30:00') }],
    ['made_after_event', {}, { createdAt: at('08:30:00'), ...disabledAt('08:40:00') }],
    ['made_after_event', { recordedAt: old }, {}],
    ['postback_disabled', {}, disabledAt('07:00:00')],
    ['postback_disabled', {}, { ...disabledAt('07:00:00'), updatedAt: at('08:30:00') }],
    [
      'postback_disabled',
      { recordedAt: old },
      { createdAt: old, disabledAt: old, disabledReason: 'partner' },
    ],
    ['changed_after_event', {}, { updatedAt: at('08:30:00') }],
    ['changed_after_event', {}, { ...disabledAt('08:30:00'), updatedAt: at('08:30:00') }],
    // It was disabled between the report and its turn in the queue.
    ['postback_disabled', {}, disabledAt('08:00:01')],
    // What is decided only when its turn comes says nothing yet.
    ['being_queued', { waits: true }, { createdAt: at('08:30:00') }],
    ['being_queued', { waits: true }, disabledAt('07:00:00')],
    ['being_queued', { waits: true, recordedAt: old }, {}],
    // Nothing is guessed.
    ['report_time_unknown', { recordedAt: null }, {}],
    ['report_time_unknown', { recordedAt: null }, disabledAt('07:00:00')],
    ['being_queued', { recordedAt: null, waits: true }, {}],
    ['imported', { imported: true }, {}],
    ['imported', { imported: true }, { createdAt: at('08:30:00') }],
  ] as const)('%s: %j, %j', (code, happened, change) => {
    const known = { ...postback, ...change };
    expect(verdictWithoutDelivery({ ...event, ...happened }, known, NOW).code).toBe(code);
  });

  it('names the times that are known where that of the report is not', () => {
    const { message } = verdictWithoutDelivery({ ...event, recordedAt: null }, postback, NOW);
    expect(message).toContain('made at 2026-11-02T06:00:00.000Z');
    expect(message).toContain('why is not known');
  });

  it.each([
    ['partner', 'one of your people disabled it'],
    ['gone', '410 Gone'],
    ['failing', 'it kept failing'],
  ] as const)('says why a postback is disabled: %s', (disabledReason, words) => {
    const since = at('07:00:00');
    const { message } = disabled({ ...postback, disabledAt: since, disabledReason });
    expect(message).toContain(`since ${since.toISOString()} because`);
    expect(message).toContain(words);
  });
});

describe('B03 why there is no event', () => {
  const nothing: Absence = { players: 0, orders: [], refused: [], lastReports: new Map() };
  const refusal = { receivedAt: at('07:00:00'), code: 'INVALID_FIELD', message: 'country: must be …' };

  it.each([
    ['registration', {}, 'registration_not_reported'],
    ['deposit', {}, 'registration_not_reported'],
    ['first_deposit', { players: 1 }, 'no_deposit_reported'],
    ['registration', { refused: [{ ...refusal, kind: 'players' }] }, 'report_refused'],
    ['deposit', { players: 1, refused: [{ ...refusal, kind: 'activity' }] }, 'report_refused'],
    ['deposit', { players: 1, refused: [{ ...refusal, kind: 'players' }] }, 'no_deposit_reported'],
    ['order_created', { players: 1 }, 'order_not_reported'],
    ['order_approved', {}, 'order_not_reported'],
    ['order_created', { refused: [{ ...refusal, kind: 'orders' }] }, 'report_refused'],
    ['order_approved', { orders: ['pending'] }, 'order_pending'],
    ['order_approved', { orders: ['declined'] }, 'order_decided_otherwise'],
    ['order_declined', { orders: ['pending', 'approved'] }, 'order_decided_otherwise'],
  ] as const)('%s, knowing %j: %s', (action, known, code) => {
    expect(verdictOfAbsence(action, { ...nothing, ...known }).code).toBe(code);
  });

  it('says when the brand last reported', () => {
    const lastReports = new Map([['players', at('08:45:00')]] as const);
    expect(verdictOfAbsence('registration', { ...nothing, lastReports }).message).toContain(
      'last batch of players came at 2026-11-02T08:45:00.000Z',
    );
  });

  it.each([
    ['awaits_bill_run', 'qualification_awaits_run'],
    ['awaits_period_end', 'qualification_awaits_run'],
    ['not_qualified', 'not_qualified'],
    ['not_paid_for', 'qualification_not_paid_for'],
  ])('of qualification: %s', (outcome, code) => {
    const standing = { outcome, summary: 'So it stands.', nextDecisionAt: at('09:05:00') };
    expect(verdictOfQualification(standing)).toMatchObject({ code });
    expect(verdictOfQualification(standing).message).toContain('So it stands.');
  });
});
