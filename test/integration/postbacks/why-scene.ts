import { body } from '../../support/journey.js';
import { TrackerScene } from './tracker-scene.js';

interface Verdict {
  code: string;
  message: string;
  event: { id: string } | null;
  delivery: {
    kind: string;
    state: string;
    url: string;
    attempts: number;
    lastAttempt: { responseCode: number | null } | null;
  } | null;
}

export interface Explained {
  subject: { kind: string; visitId: string | null; query: Record<string, string> };
  notes: { code: string; message: string }[];
  postbacks: {
    scope: string;
    notes: { code: string; message: string; parameter?: string; carriedAs?: string }[];
    verdicts: Verdict[];
  }[];
  elsewhere: number;
}

/** A partner who asks why. */
export class WhyScene {
  private constructor(readonly at: TrackerScene) {}

  static async open(allow: readonly string[]): Promise<WhyScene> {
    return new WhyScene(await TrackerScene.open(allow));
  }

  async ask(path: string, status = 200): Promise<Explained> {
    return body<Explained>(await this.at.scene.partner.get(`partner/${path}`), status);
  }

  ofVisit(visit: string): Promise<Explained> {
    return this.ask(`visits/${visit}/explain`);
  }

  async ofPlayer(userId: string): Promise<Explained> {
    return this.ask(`players/${await this.idOf('players', userId)}/postbacks`);
  }

  async ofOrder(orderId: string): Promise<Explained> {
    return this.ask(`orders/${await this.idOf('orders', orderId)}/postbacks`);
  }

  /** Our id of what the brand knows by its own. */
  async idOf(table: 'players' | 'orders', externalId: string): Promise<string> {
    const { db } = this.at.scene.app;
    const rows = await db.query<[{ id: string }]>(`SELECT id FROM ${table} WHERE external_id = $1`, [
      externalId,
    ]);
    return rows[0].id;
  }
}

export function verdicts({ postbacks }: Explained): Verdict[] {
  return postbacks.flatMap((each) => each.verdicts);
}

export function codes(explained: Explained): string[] {
  return verdicts(explained).map(({ code }) => code);
}

export function noteCodes({ postbacks }: Explained): string[] {
  return postbacks.flatMap((each) => each.notes.map(({ code }) => code));
}
