import type { TestApp } from '../../support/app.js';
import { body } from '../../support/journey.js';
import { outboxDelivered } from '../../support/outbox.js';
import { activePartner, joinTeam, open, type SignedIn } from '../identity/scene.js';

export interface Member {
  id: string;
  email: string;
  name: string;
  role: string;
  state: string;
  blockedBy: string | null;
  invitedAt: string | null;
  lastSignInAt: string | null;
  twoFactorEnabled: boolean;
}

let teams = 0;

/** An approved partner whose owner Ann is signed in; its people have addresses of a domain of their own. */
export class Team {
  private constructor(
    private readonly app: TestApp,
    private readonly domain: string,
    readonly partnerId: string,
    /** Who acts for the team: Ann, until a test hands over. */
    public owner: SignedIn,
    public ownerId: string,
  ) {}

  static async start(app: TestApp): Promise<Team> {
    teams += 1;
    const domain = `team${teams}.example`;
    const partnerId = await activePartner(app, `ann@${domain}`);
    const ann = await open(app, `ann@${domain}`);
    const { user } = body<{ user: { id: string } }>(await ann.as.get('me'), 200);
    return new Team(app, domain, partnerId, ann, user.id);
  }

  address(name: string): string {
    return `${name}@${this.domain}`;
  }

  /** Somebody joins with the role; gives the user's id. */
  join(name: string, role: string): Promise<string> {
    return joinTeam(this.app, this.owner.as, this.address(name), role);
  }

  invite(name: string, role = 'manager', as = this.owner.as) {
    return as.post('partner/users', { email: this.address(name), name, role });
  }

  async member(id: string): Promise<Member> {
    return body(await this.owner.as.get(`partner/users/${id}`), 200);
  }

  /** Type and subject of the events of members, oldest first. */
  async events(): Promise<[string, string | null][]> {
    await outboxDelivered(this.app);
    const { items } = body<{ items: { type: string; subjectId: string | null }[] }>(
      await this.owner.as.get('partner/events?limit=200'),
      200,
    );
    return items
      .filter(({ type }) => type.startsWith('member_'))
      .map(({ type, subjectId }): [string, string | null] => [type, subjectId])
      .reverse();
  }
}
