import { Controller, HttpCode, Post } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { type Actor, CurrentActor, Requires } from '../../identity/index.js';
import { ApiProblems, PathId, UnitOfWork } from '../../platform/index.js';
import { offeringRoutes } from './offering-routes.js';
import { OfferingDto } from './offerings.dto.js';
import { Offerings } from './offerings.service.js';

/** Packages for operators. */
@Controller('operator/packages')
export class PackagesController extends offeringRoutes('package') {}

/** Add-ons for operators (O03). */
@Controller('operator/add-ons')
export class AddOnsController extends offeringRoutes('add_on') {}

/** Which package sign-ups take when they name none: packages have that, add-ons do not. */
@ApiTags('partners')
@ApiBearerAuth()
@Controller('operator/packages')
export class DefaultPackageController {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly offerings: Offerings,
  ) {}

  @Post(':id/make-default')
  @HttpCode(200)
  @Requires('operator:packages:write')
  @ApiOperation({
    summary: 'Make a package the default: sign-ups that name none take it from now on',
    description: 'The package that was the default stays on offer, and may now be archived.',
  })
  @ApiOkResponse({ type: OfferingDto })
  @ApiProblems(400, 401, 403, 404, 409)
  makeDefault(@CurrentActor() actor: Actor, @PathId() id: string): Promise<OfferingDto> {
    return this.unitOfWork.run((tx) => this.offerings.makeDefault(tx, actor, id));
  }
}
