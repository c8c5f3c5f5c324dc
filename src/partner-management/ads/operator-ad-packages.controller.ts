import { Body, Controller, Get, Patch, Post } from '@nestjs/common';
import { ApiBearerAuth, ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { DataSource } from 'typeorm';
import { type Actor, CurrentActor, Requires } from '../../identity/index.js';
import {
  ApiProblems,
  Idempotency,
  type IdempotencyKey,
  IdempotencyKeyOf,
  PathId,
  UnitOfWork,
  wholeList,
} from '../../platform/index.js';
import {
  ChangeAdPackageDto,
  CreateAdPackageDto,
  OperatorAdPackageDto,
  OperatorAdPackageList,
} from './ad-packages.dto.js';
import { AdPackages } from './ad-packages.service.js';

/** Advertising packages for operators (O05). */
@ApiTags('advertising')
@ApiBearerAuth()
@Controller('operator/ad-packages')
export class OperatorAdPackagesController {
  constructor(
    private readonly dataSource: DataSource,
    private readonly unitOfWork: UnitOfWork,
    private readonly idempotency: Idempotency,
    private readonly packages: AdPackages,
  ) {}

  @Get()
  @Requires('operator:ads:read')
  @ApiOperation({ summary: 'List advertising packages, those that are not offered any more too' })
  @ApiOkResponse({ type: OperatorAdPackageList })
  @ApiProblems(401, 403)
  async list(): Promise<OperatorAdPackageList> {
    return wholeList(await this.packages.list('all'));
  }

  @Get(':id')
  @Requires('operator:ads:read')
  @ApiOperation({ summary: 'Show an advertising package' })
  @ApiOkResponse({ type: OperatorAdPackageDto })
  @ApiProblems(400, 401, 403, 404)
  get(@PathId() id: string): Promise<OperatorAdPackageDto> {
    return this.packages.get(this.dataSource, id);
  }

  @Post()
  @Requires('operator:ads:write')
  @ApiOperation({ summary: 'Offer an advertising package' })
  @ApiCreatedResponse({ type: OperatorAdPackageDto })
  @ApiProblems(400, 401, 403, 409, 422)
  create(
    @CurrentActor() actor: Actor,
    @Body() body: CreateAdPackageDto,
    @IdempotencyKeyOf({ required: false }) key: IdempotencyKey | null,
  ): Promise<OperatorAdPackageDto> {
    return this.idempotency.run(key, (tx) => this.packages.create(tx, actor, body));
  }

  @Patch(':id')
  @Requires('operator:ads:write')
  @ApiOperation({
    summary: 'Change an advertising package, or offer it no longer',
    description: 'Requests that were made before keep their impressions and price.',
  })
  @ApiOkResponse({ type: OperatorAdPackageDto })
  @ApiProblems(400, 401, 403, 404, 409, 422)
  change(
    @CurrentActor() actor: Actor,
    @PathId() id: string,
    @Body() body: ChangeAdPackageDto,
  ): Promise<OperatorAdPackageDto> {
    return this.unitOfWork.run((tx) => this.packages.change(tx, actor, id, body));
  }
}
