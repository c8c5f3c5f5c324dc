import { Body, Controller, Put } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { type Actor, CurrentActor, Requires } from '../identity/index.js';
import { ApiProblems, PathId, UnitOfWork } from '../platform/index.js';
import { AssignedManagerDto, AssignManagerDto } from './personal-managers.dto.js';
import { PersonalManagers } from './personal-managers.service.js';

/** Who among the operators looks after a partner (A21, O08). */
@ApiTags('partners')
@ApiBearerAuth()
@Controller('operator/partners/:id/manager')
export class PersonalManagersController {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly managers: PersonalManagers,
  ) {}

  @Put()
  @Requires('operator:partners:write')
  @ApiOperation({
    summary: 'Assign a partner’s personal manager, whose address and telephone number it sees',
  })
  @ApiOkResponse({ type: AssignedManagerDto })
  @ApiProblems(400, 401, 403, 404, 422)
  assign(
    @CurrentActor() actor: Actor,
    @PathId() partnerId: string,
    @Body() { managerId }: AssignManagerDto,
  ): Promise<AssignedManagerDto> {
    return this.unitOfWork.run(async (tx) => {
      await this.managers.assign(tx, actor, partnerId, managerId);
      return { partnerId, manager: await this.managers.find(tx, partnerId) };
    });
  }
}
