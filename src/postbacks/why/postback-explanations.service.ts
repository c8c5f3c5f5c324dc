import { Injectable } from '@nestjs/common';
import { type EntityManager, In } from 'typeorm';
import { type PlayerExplanationDto, PlayerExplanations, qualificationEventId } from '../../billing/index.js';
import { Campaigns, Promos } from '../../campaigns/index.js';
import { Clock } from '../../platform/index.js';
import { type EventTrail, EventTrails, type TrailKind, type TrailOf } from '../../tracking/index.js';
import { ActionsConsumer } from '../actions.consumer.js';
import { defaultContentType, bodyProblems } from '../domain/body-template.js';
import { parameterNotes } from '../domain/parameter-notes.js';
import { reason, type Reason } from '../domain/reasons.js';
import { hears } from '../domain/scope.js';
import { parseTemplate } from '../domain/template.js';
import {
  disabled,
  type KnownEvent,
  verdictOfAbsence,
  verdictOfDelivery,
  verdictOfQualification,
  verdictWithoutDelivery,
} from '../domain/verdicts.js';
import { Postback, POSTBACK_ACTIONS, type PostbackAction } from '../postback.entity.js';
import { deliveriesOf, type ExplainedDelivery } from './delivery-facts.js';
import type {
  ExplainedPostbackDto,
  ExplainedSubjectDto,
  PostbackExplanationDto,
  PostbackNoteDto,
  PostbackVerdictDto,
} from './postback-explanation.dto.js';

/** An event; whether it waits is asked for all of them at once. */
type ToldEvent = Omit<Event, 'waits'>;

interface Event extends KnownEvent {
  readonly eventId: string;
  readonly action: PostbackAction;
  readonly subjectId: string;
  readonly occurredAt: Date;
}

/** What all verdicts look at. */
interface Facts {
  readonly trail: EventTrail;
  readonly events: readonly Event[];
  /** Of the trail's players, where a postback asks for it. */
  readonly standings: readonly PlayerExplanationDto[];
  /** By postback and event. */
  readonly deliveries: ReadonlyMap<string, readonly ExplainedDelivery[]>;
  readonly now: Date;
}

/** Actions that may come of each. */
const ACTIONS: Readonly<Record<TrailKind, readonly PostbackAction[]>> = {
  visit: POSTBACK_ACTIONS,
  player: POSTBACK_ACTIONS.filter((action) => !action.startsWith('order_')),
  order: POSTBACK_ACTIONS.filter((action) => action.startsWith('order_')),
};

/** Says for a visit, a player or an order why each postback was or was not sent (B03). */
@Injectable()
export class PostbackExplanations {
  constructor(
    private readonly trails: EventTrails,
    private readonly players: PlayerExplanations,
    private readonly campaigns: Campaigns,
    private readonly promos: Promos,
    private readonly actions: ActionsConsumer,
    private readonly clock: Clock,
  ) {}

  /**
   * Every postback that hears of it with a verdict on every event, or on why there is none. Read it at one moment.
   * @throws DomainError NOT_FOUND, also for another partner's
   */
  async explain(db: EntityManager, which: TrailOf): Promise<PostbackExplanationDto> {
    const trail = await this.trails.get(db, which);
    const { fitting, elsewhere } = await findPostbacks(db, trail);
    const facts = await this.gather(db, trail, fitting);
    const campaign = await this.campaigns.get(db, trail.partnerId, trail.campaignId);
    const codes = await this.promos.codesOf(db, [trail.promoId]);
    return {
      subject: subjectOf(trail, { campaignName: campaign.name, promoCode: codes.get(trail.promoId) ?? '' }),
      notes: [
        ...(fitting.length === 0 ? [reason('no_postbacks')] : []),
        ...(campaign.state === 'archived' ? [reason('campaign_archived')] : []),
        ...notesOf(trail),
      ],
      postbacks: fitting.map((postback) => explained(postback, facts)),
      elsewhere,
    };
  }

  private async gather(db: EntityManager, trail: EventTrail, postbacks: readonly Postback[]): Promise<Facts> {
    const standings: PlayerExplanationDto[] = [];
    if (postbacks.some(({ action }) => action === 'qualification')) {
      for (const { id } of trail.players) standings.push(await this.players.explain(db, id));
    }
    const told: ToldEvent[] = [...standings.flatMap(eventOfStanding), ...trail.events];
    const waiting = await this.actions.waiting(db, told);
    const events = told.map((event) => ({ ...event, waits: waiting.has(event.eventId) }));
    const deliveries = await deliveriesOf(
      db,
      postbacks.map(({ id }) => id),
      events.map(({ eventId }) => eventId),
    );
    const byKey = Map.groupBy(deliveries, ({ postbackId, eventId }) => `${postbackId} ${eventId}`);
    return { trail, events, standings, deliveries: byKey, now: this.clock.now() };
  }
}

async function findPostbacks(
  db: EntityManager,
  trail: EventTrail,
): Promise<{ fitting: Postback[]; elsewhere: number }> {
  const all = await db.getRepository(Postback).find({
    where: { partnerId: trail.partnerId, action: In(ACTIONS[trail.kind]) },
    order: { id: 'ASC' },
  });
  const fitting = all.filter((postback) => hears(postback, { ...trail, action: postback.action }));
  return { fitting, elsewhere: all.length - fitting.length };
}

/** A qualification that bill runs have decided, taken back or not, was told once. */
function eventOfStanding({ recorded, plan, player }: PlayerExplanationDto): ToldEvent[] {
  if (!recorded) return [];
  return [
    {
      eventId: qualificationEventId(plan.id, player.id),
      action: 'qualification',
      subjectId: player.id,
      occurredAt: recorded.qualifiedAt,
      recordedAt: recorded.decidedAt,
      imported: false,
    },
  ];
}

function explained(postback: Postback, facts: Facts): ExplainedPostbackDto {
  const { id, scope, action, method, url, state } = postback;
  return {
    id,
    scope,
    action,
    method,
    url,
    state,
    notes: notesOfPostback(postback, facts.trail),
    verdicts: [...verdictsOfEvents(postback, facts), ...verdictsOfAbsence(action, facts)],
  };
}

function verdictsOfEvents(postback: Postback, { events, deliveries, now }: Facts): PostbackVerdictDto[] {
  return events
    .filter(({ action }) => action === postback.action)
    .flatMap((event): PostbackVerdictDto[] => {
      const { eventId, subjectId, occurredAt } = event;
      const shown = { id: eventId, subjectId, occurredAt };
      const made = deliveries.get(`${postback.id} ${eventId}`) ?? [];
      if (made.length === 0) {
        return [{ ...verdictWithoutDelivery(event, postback, now), event: shown, delivery: null }];
      }
      return made.map((delivery) => ({
        ...verdictOfDelivery(delivery),
        event: shown,
        delivery: toDelivery(delivery),
      }));
    });
}

/** What has not happened: the action as a whole, and of qualifications each player. */
function verdictsOfAbsence(action: PostbackAction, facts: Facts): PostbackVerdictDto[] {
  return absencesOf(action, facts).map((verdict) => ({ ...verdict, event: null, delivery: null }));
}

function absencesOf(action: PostbackAction, { trail, events, standings }: Facts): Reason[] {
  if (action === 'qualification' && trail.players.length > 0) {
    return standings.filter(({ recorded }) => !recorded).map(verdictOfQualification);
  }
  if (events.some((event) => event.action === action)) return [];
  const known = { players: trail.players.length, orders: trail.orders.map(({ status }) => status) };
  const asked = action === 'qualification' ? 'registration' : action;
  return [verdictOfAbsence(asked, { ...trail, ...known })];
}

function notesOfPostback(postback: Postback, trail: EventTrail): PostbackNoteDto[] {
  const { url, body, failures, failingSince, state } = postback;
  const templates = body === null ? [url] : [url, body];
  const problems = problemsOf(postback);
  return [
    ...(state === 'disabled' ? [disabled(postback)] : []),
    ...(state === 'active' && failingSince
      ? [reason('postback_failing', { failures, since: failingSince })]
      : []),
    ...(problems.length > 0 ? [reason('template_wrong', { problems: problems.join('; ') })] : []),
    ...(trail.broughtBy === 'link' ? parameterNotes(templates, trail.query) : []),
  ];
}

/** What is refused when it is saved today may have been saved before. */
function problemsOf({ url, body, headers }: Postback): string[] {
  const parsed = parseTemplate(url);
  const inUrl = 'problems' in parsed ? parsed.problems : [];
  const type = headers['content-type'] ?? defaultContentType(body ?? '');
  const inBody = body === null ? [] : bodyProblems(body, type);
  return [...inUrl, ...inBody].map(({ message }) => message);
}

function notesOf({ visit, broughtBy }: EventTrail): Reason[] {
  return [
    ...(broughtBy === 'promo_code' ? [reason('came_by_promo_code')] : []),
    ...(broughtBy === 'import' ? [reason('came_by_import')] : []),
    ...(visit?.bot ? [reason('visit_by_bot')] : []),
    ...(visit?.datacenter ? [reason('visit_from_datacenter')] : []),
    ...(visit?.duplicate ? [reason('visit_repeated')] : []),
  ];
}

function subjectOf(
  { kind, id, visit, campaignId, promoId, since, query }: EventTrail,
  names: Pick<ExplainedSubjectDto, 'campaignName' | 'promoCode'>,
): ExplainedSubjectDto {
  return { kind, id, visitId: visit?.id ?? null, campaignId, promoId, since, query, ...names };
}

function toDelivery({
  id,
  kind,
  state,
  url,
  attempts,
  nextAttemptAt,
  last,
}: ExplainedDelivery): PostbackVerdictDto['delivery'] {
  const next = state === 'pending' ? nextAttemptAt : null;
  return { id, kind, state, url, attempts, nextAttemptAt: next, lastAttempt: last };
}
