import { Webhook } from 'standardwebhooks';
import { vi } from 'vitest';
import { EventLog } from '../../../src/identity/index.js';
import { Ids, UnitOfWork } from '../../../src/platform/index.js';
import { body, type Person } from '../../support/journey.js';
import { outboxDelivered } from '../../support/outbox.js';
import type { SinkRequest } from '../../support/sink-server.js';
import type { PostbackScene } from './scene.js';

export interface WebhookBody {
  id: string;
  url: string;
  state: string;
  secret: string;
  disabledReason: string | null;
  disabledComment: string | null;
  failures: number;
  eventTypes: string[] | null;
  health: {
    last24Hours: { attempts: number; delivered: number; successRate: number | null };
    last7Days: { attempts: number; delivered: number; successRate: number | null };
    durationMs: { p50: number | null; p95: number | null };
    lastSuccessAt: string | null;
    lastFailure: { at: string; responseCode: number | null; error: string | null } | null;
    waiting: number;
    nextAttemptAt: string | null;
  };
}

export interface AttemptBody {
  id: string;
  eventId: string;
  type: string;
  kind: string;
  attempt: number;
  responseCode: number | null;
  error: string | null;
}

/** Adds a webhook for the team of that person. */
export async function addWebhook(
  who: Person,
  url: string,
  change: object = {},
  team = 'partner',
): Promise<WebhookBody> {
  return body<WebhookBody>(await who.post(`${team}/webhooks`, { url, ...change }), 201);
}

export async function showWebhook(who: Person, id: string, team = 'partner'): Promise<WebhookBody> {
  return body<WebhookBody>(await who.get(`${team}/webhooks/${id}`), 200);
}

export async function attemptsOf(who: Person, id: string, query = ''): Promise<AttemptBody[]> {
  const page = await who.get(`partner/webhooks/${id}/deliveries${query}`);
  return body<{ items: AttemptBody[] }>(page, 200).items;
}

/** A bill of the scene's partner is approved, as its event log tells; resolves to the bill's id when all have heard. */
export async function approveBill(scene: PostbackScene, amount = '12.50'): Promise<string> {
  const app = scene.app.app;
  const subjectId = app.get(Ids).next();
  const data = { amount: { amount, currency: 'EUR' } };
  await app
    .get(UnitOfWork)
    .run((tx) =>
      app
        .get(EventLog)
        .record(tx, null, { type: 'bill_approved', partnerId: scene.partnerId, subjectId, data }),
    );
  await outboxDelivered(scene.app);
  await scene.engine.drain();
  return subjectId;
}

/** The message, when the specification's library finds it signed with the secret at the scene's time. */
export function verified(
  scene: PostbackScene,
  secret: string,
  { headers, body: text }: SinkRequest,
): unknown {
  vi.useFakeTimers({ now: scene.app.clock.now(), toFake: ['Date'] });
  try {
    return new Webhook(secret).verify(text, headers as Record<string, string>);
  } finally {
    vi.useRealTimers();
  }
}
