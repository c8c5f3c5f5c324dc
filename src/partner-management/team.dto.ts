import { IsIn } from 'class-validator';
import { InviteDto, MEMBER_STATES, type MemberState, ROLES, TeamMemberDto } from '../identity/index.js';
import { IsLabel, MayBeAbsent, PageQuery } from '../platform/index.js';

type PartnerRole = (typeof ROLES.partner)[number];

export class TeamQuery extends PageQuery {
  @MayBeAbsent()
  @IsIn(MEMBER_STATES)
  state?: MemberState;
}

export class TeamPage {
  items: TeamMemberDto[];
  nextCursor: string | null;
}

export class InviteMemberDto extends InviteDto {
  @IsIn(ROLES.partner)
  role: PartnerRole;
}

export class ChangeMemberDto {
  @MayBeAbsent()
  @IsLabel(200)
  name?: string;

  @MayBeAbsent()
  @IsIn(ROLES.partner)
  role?: PartnerRole;
}
