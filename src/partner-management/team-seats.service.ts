import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Invitations, MemberBlocks, Members, type PartnerActor } from '../identity/index.js';
import type { Tx } from '../platform/index.js';
import { Entitlements } from './packages/entitlements.service.js';
import type { InviteMemberDto } from './team.dto.js';

type Member = Awaited<ReturnType<Invitations['invite']>>;

/** Lets people into a partner's team, as many as its package allows. */
@Injectable()
export class TeamSeats implements OnModuleInit {
  constructor(
    private readonly entitlements: Entitlements,
    private readonly members: Members,
    private readonly invitations: Invitations,
    private readonly blocks: MemberBlocks,
  ) {}

  onModuleInit(): void {
    this.entitlements.countedBy('teamMembers', (db, partnerId) => this.members.countOf(db, partnerId));
  }

  /** Invites somebody. @throws DomainError LIMIT_REACHED (422), and as `Invitations.invite` */
  async invite(tx: Tx, actor: PartnerActor, member: InviteMemberDto): Promise<Member> {
    await this.entitlements.require(tx, actor.partnerId, 'teamMembers');
    return this.invitations.invite(tx, actor, {
      ...member,
      realm: 'partner',
      partnerId: actor.partnerId,
      brandId: null,
    });
  }

  /** Mails another link to somebody who has a seat. @throws as `Invitations.inviteAgain` */
  inviteAgain(tx: Tx, actor: PartnerActor, userId: string): Promise<Member> {
    return this.invitations.inviteAgain(tx, actor, userId);
  }

  /** Blocks somebody, whose seat is free then. @throws as `MemberBlocks.block` */
  block(tx: Tx, actor: PartnerActor, userId: string): Promise<Member> {
    return this.blocks.block(tx, actor, userId, null);
  }

  /** Lets somebody back in. @throws DomainError LIMIT_REACHED (422), and as `MemberBlocks.unblock` */
  async unblock(tx: Tx, actor: PartnerActor, userId: string): Promise<Member> {
    await this.entitlements.require(tx, actor.partnerId, 'teamMembers');
    return this.blocks.unblock(tx, actor, userId);
  }
}
