import { Injectable } from '@nestjs/common';
import { Config, Mailer, type Tx } from '../../platform/index.js';
import type { Actor } from '../actor.js';
import { AuditLog } from '../audit-log.service.js';
import { greeted } from '../domain/greeting.js';
import { EventLog } from '../event-log.service.js';
import { type Member, Members } from './members.service.js';

/** What happened to somebody. */
export type MemberChange =
  | 'invited'
  | 'invitation_withdrawn'
  | 'role_changed'
  | 'renamed'
  | 'blocked'
  | 'unblocked'
  | 'unlocked'
  | 'session_ended'
  | 'two_factor_reset'
  | 'statistic_token_expired';

interface News {
  change: MemberChange;
  /** As it was; null for somebody who is new. */
  before: Member | null;
  /** As it is; null for somebody whose account is gone. */
  after: Member | null;
  /** Why, where the member itself does not keep it. */
  reason?: string | undefined;
}

/**
 * Tells of changes of people: the partner's event log, the operators' audit log, and by mail who is concerned, and who
 * leads the team where somebody was let in or got another role.
 */
@Injectable()
export class MemberNews {
  constructor(
    private readonly members: Members,
    private readonly eventLog: EventLog,
    private readonly auditLog: AuditLog,
    private readonly mailer: Mailer,
    private readonly config: Config,
  ) {}

  /** Tells of a change of somebody who was as `before`, and gives the member as it is now. */
  async changed(
    tx: Tx,
    actor: Actor,
    change: MemberChange,
    before: Member,
    reason?: string,
  ): Promise<Member> {
    const after = await this.members.get(tx, actor, before.id);
    await this.tell(tx, actor, { change, before, after, reason });
    return after;
  }

  /** Tells of one change; it stands or falls with it. @param actor who made it; null when the program itself did */
  async tell(tx: Tx, actor: Actor | null, { change, before, after, reason }: News): Promise<void> {
    const member = (after ?? before)!;
    if (member.partnerId) {
      await this.eventLog.record(tx, actor, {
        partnerId: member.partnerId,
        type: `member_${change}`,
        subjectId: member.id,
        data: changedFacts(change, before, after) ?? { role: member.role },
      });
    }
    if (actor?.realm === 'operator') {
      await this.auditLog.record(tx, actor, {
        action: `user.${change}`,
        subject: { type: 'user', id: member.id },
        partnerId: member.partnerId,
        before: before && factsOf(before),
        after: after && { ...factsOf(after), reason },
      });
    }
    await this.mail(tx, actor, change, member, reason);
    if (actor) await this.mailTeam(tx, actor, change, before, member);
  }

  /**
   * Tells who leads the team, who did it and whose role it is: whoever took over a session cannot let somebody in, or
   * raise somebody, without the people noticing. Nobody can unsubscribe from it.
   */
  private async mailTeam(
    tx: Tx,
    actor: Actor,
    change: MemberChange,
    before: Member | null,
    member: Member,
  ): Promise<void> {
    const by = actor.realm === member.realm ? actor.email : 'An operator';
    const warning = 'If you do not know of this, change your password and write to us at once.';
    const role = `${member.email} the role ${member.role}; it was ${before?.role}`;
    const mails: Partial<Record<MemberChange, [subject: string, news: string]>> = {
      invited: [
        'Somebody was invited to the team',
        `${by} invited ${member.email} to the team as ${member.role}`,
      ],
      role_changed: ['A role in the team was changed', `${by} gave ${role}`],
    };
    const [subject, news] = mails[change] ?? [];
    // Another link to somebody who was invited before lets nobody in anew.
    if (!subject || (change === 'invited' && before)) return;
    for (const { email, ...reader } of await this.members.leadersAnd(tx, member, [actor.userId, member.id])) {
      await this.mailer.send(tx, { to: email, subject, text: greeted(reader, `${news}. ${warning}`) });
    }
  }

  private async mail(
    tx: Tx,
    actor: Actor | null,
    change: MemberChange,
    member: Member,
    given: string | null = member.blockedReason,
  ): Promise<void> {
    // Who has not joined has nothing to be blocked from.
    if (member.invitedAt) return;
    const by = actor?.realm === 'operator' ? 'An operator' : 'An owner of your team';
    const signIn = `You can sign in again: ${this.config.publicUrl}`;
    const reason = given ? `\n\nThe reason given: ${given}` : '';
    const mails: Partial<Record<MemberChange, [subject: string, text: string]>> = {
      blocked: [
        'Your account is blocked',
        `${by} blocked your account. You are signed out everywhere.${reason}`,
      ],
      two_factor_reset: [
        'Your two-factor authentication was reset',
        `${by} turned two-factor authentication off for your account. You are signed out everywhere; sign in with ` +
          `your password and set it up anew. If you did not ask for this, write to us at once.${reason}`,
      ],
      unblocked: ['Your account is open again', `${by} unblocked your account. ${signIn}`],
      unlocked: ['Your account is open again', `${by} unlocked your account. ${signIn}`],
    };
    const [subject, text] = mails[change] ?? [];
    if (subject && text) {
      await this.mailer.send(tx, { to: member.email, subject, text: greeted(member, text) });
    }
  }
}

/** What a change of one of a member's fields altered; null for other changes. */
function changedFacts(change: MemberChange, before: Member | null, after: Member | null) {
  if (change === 'role_changed') return { from: before!.role, to: after!.role };
  return change === 'renamed' ? { from: before!.name, to: after!.name } : null;
}

/** What the audit log keeps of somebody: no names and addresses, which could not be erased there. */
function factsOf(member: Member): object {
  const { realm, brandId, role, state, invitedAt, blockedBy, blockedReason, twoFactorEnabled } = member;
  return { realm, brandId, role, state, invitedAt, blockedBy, blockedReason, twoFactorEnabled };
}
