import { IsEmail, IsIn, IsString, MaxLength } from 'class-validator';
import { IsLabel, IsText, MayBeAbsent, PageQuery } from '../../platform/index.js';
import type { Realm } from '../domain/permissions.js';
import { ROLES } from '../domain/team-rules.js';
import { type Member, MEMBER_STATES, type MemberState } from './members.service.js';

/** Somebody of a team, as its owners see it. */
export class TeamMemberDto {
  id: string;
  /** @example "ann@example.com" */
  email: string;
  name: string;
  /** @example "manager" */
  role: string;
  /** `invited` until a password is set, `locked` by failed sign-ins, `blocked` by an owner or an operator. */
  state: MemberState;
  /** Who blocked; what an operator blocked is unblocked by an operator only. */
  blockedBy: 'team' | 'operator' | null;
  createdAt: Date;
  /** When the invitation was mailed last; null for those who have joined. */
  invitedAt: Date | null;
  lastSignInAt: Date | null;
  twoFactorEnabled: boolean;
}

/** Somebody with an account, as operators see it. */
export class OperatorUserDto extends TeamMemberDto {
  realm: Realm;
  partnerId: string | null;
  brandId: string | null;
  /** Whether the address was confirmed to be the person's; nobody signs in before. */
  emailConfirmed: boolean;
  /** What the person was told when an operator blocked. */
  blockedReason: string | null;
}

export class OperatorUserPage {
  items: OperatorUserDto[];
  nextCursor: string | null;
}

export class OperatorUserQuery extends PageQuery {
  @MayBeAbsent()
  @IsIn(Object.keys(ROLES))
  realm?: Realm;

  @MayBeAbsent()
  @IsIn(MEMBER_STATES)
  state?: MemberState;

  /**
   * Part of the e-mail.
   * @example "@example.com"
   */
  @MayBeAbsent()
  @IsString()
  @MaxLength(320)
  email?: string;
}

/** What the OpenAPI document says of inviting. */
export const INVITATION_TEXT =
  'The link works for seven days. An invitation that nobody has accepted 30 days after that is withdrawn: the address ' +
  'is free again.';

/** Somebody to invite. */
export class InviteDto {
  /** @example "bob@example.com" */
  @IsEmail()
  @MaxLength(320)
  email: string;

  @IsLabel(200)
  name: string;
}

export class InviteOperatorDto extends InviteDto {
  @IsIn(ROLES.operator)
  role: (typeof ROLES.operator)[number];
}

export class ChangeRoleDto {
  /**
   * A role of the user's realm.
   * @example "owner"
   */
  @IsString()
  @MaxLength(50)
  role: string;
}

export class BlockUserDto {
  /**
   * Why; mailed to the person and kept in the audit log.
   * @example "Traffic bought under a false name"
   */
  @IsText(500)
  reason: string;
}

export class ResetTwoFactorDto {
  /**
   * Why; mailed to the person and kept in the audit log.
   * @example "Lost the phone; called from the number we know"
   */
  @IsLabel(500)
  reason: string;
}

/** A member as its team sees it; nothing of what is for operators only. */
export function toTeamMember({
  realm: _realm,
  partnerId: _partnerId,
  brandId: _brandId,
  blockedReason: _reason,
  emailConfirmed: _emailConfirmed,
  ...member
}: Member): TeamMemberDto {
  return member;
}
