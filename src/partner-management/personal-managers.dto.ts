import { ValidateIf } from 'class-validator';
import { IsId } from '../platform/index.js';

export class AssignManagerDto {
  /** Id of the operator who looks after the partner from now on; null for nobody. */
  @ValidateIf((_, value) => value !== null)
  @IsId()
  managerId: string | null;
}

/** The operator who looks after a partner. */
export class PersonalManagerDto {
  id: string;
  name: string;
  /** @example "olga@program.example" */
  email: string;
  /** @example "+4930123456" */
  phone: string | null;
}

export class AssignedManagerDto {
  partnerId: string;
  /** Null while there is none, or while it is blocked. */
  manager: PersonalManagerDto | null;
}
