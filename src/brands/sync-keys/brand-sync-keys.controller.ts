import { Controller, Get, HttpCode, Post } from '@nestjs/common';
import { ApiBearerAuth, ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { type BrandActor, CurrentActor, Requires } from '../../identity/index.js';
import { ApiProblems, type IdempotencyKey, IdempotencyKeyOf, PathId } from '../../platform/index.js';
import { SyncKeyDesk } from './sync-key-desk.service.js';
import { NewSyncKeyResponse, SyncKeyList, SyncKeyResponse } from './sync-keys.dto.js';

/** The keys by which the servers of the user's brand sync. */
@ApiTags('Brand: sync keys')
@ApiBearerAuth()
@Controller('brand/sync-keys')
export class BrandSyncKeysController {
  constructor(private readonly desk: SyncKeyDesk) {}

  @Post()
  @Requires('brand:sync-keys:write')
  @ApiOperation({
    summary: 'Make a sync key; its secret is shown only in this answer',
    description:
      'Keys made before stay good until they are revoked, so that a server can change from one to the next.',
  })
  @ApiCreatedResponse({ type: NewSyncKeyResponse })
  @ApiProblems(400, 409, 422)
  create(
    @CurrentActor() actor: BrandActor,
    @IdempotencyKeyOf({ required: false }) key: IdempotencyKey | null,
  ): Promise<NewSyncKeyResponse> {
    return this.desk.make(actor, key, actor.brandId);
  }

  @Get()
  @Requires('brand:sync-keys:read')
  @ApiOperation({ summary: 'List the sync keys, newest first' })
  @ApiOkResponse({ type: SyncKeyList })
  @ApiProblems(400)
  list(@CurrentActor() { brandId }: BrandActor): Promise<SyncKeyList> {
    return this.desk.list(brandId);
  }

  @Post(':id/revoke')
  @HttpCode(200)
  @Requires('brand:sync-keys:write')
  @ApiOperation({ summary: 'Revoke a sync key: its requests are refused from now on' })
  @ApiOkResponse({ type: SyncKeyResponse })
  @ApiProblems(400, 404, 409)
  revoke(@CurrentActor() actor: BrandActor, @PathId() keyId: string): Promise<SyncKeyResponse> {
    return this.desk.revoke(actor, actor.brandId, keyId);
  }
}
