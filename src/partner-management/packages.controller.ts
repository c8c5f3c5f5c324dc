import { Body, Controller, Get, Post } from '@nestjs/common';
import { ApiBearerAuth, ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { type Actor, CurrentActor, Requires } from '../identity/index.js';
import { ApiProblems, Idempotency, type IdempotencyKey, IdempotencyKeyOf } from '../platform/index.js';
import { CreatePackageDto, PackageDto, PackageList } from './packages.dto.js';
import { Packages } from './packages.service.js';

/** Packages for operators. */
@ApiTags('partners')
@ApiBearerAuth()
@Controller('operator/packages')
export class PackagesController {
  constructor(
    private readonly idempotency: Idempotency,
    private readonly packages: Packages,
  ) {}

  @Get()
  @Requires('operator:packages:read')
  @ApiOperation({ summary: 'List packages' })
  @ApiOkResponse({ type: PackageList })
  @ApiProblems(401, 403)
  async list(): Promise<PackageList> {
    return { items: await this.packages.list() };
  }

  @Post()
  @Requires('operator:packages:write')
  @ApiOperation({ summary: 'Add a package' })
  @ApiCreatedResponse({ type: PackageDto })
  @ApiProblems(400, 401, 403, 409, 422)
  create(
    @CurrentActor() actor: Actor,
    @Body() body: CreatePackageDto,
    @IdempotencyKeyOf({ required: false }) key: IdempotencyKey | null,
  ): Promise<PackageDto> {
    return this.idempotency.run(key, (tx) => this.packages.create(tx, actor, body));
  }
}
