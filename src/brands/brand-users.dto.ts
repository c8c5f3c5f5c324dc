import { IsIn } from 'class-validator';
import { InviteDto, ROLES } from '../identity/index.js';

export class InviteBrandUserDto extends InviteDto {
  @IsIn(ROLES.brand)
  role: (typeof ROLES.brand)[number];
}
