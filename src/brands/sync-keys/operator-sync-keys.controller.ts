import { Controller, Get, HttpCode, Post } from '@nestjs/common';
import { ApiBearerAuth, ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { type Actor, CurrentActor, Requires } from '../../identity/index.js';
import { ApiProblems, type IdempotencyKey, IdempotencyKeyOf, PathId } from '../../platform/index.js';
import { SyncKeyDesk } from './sync-key-desk.service.js';
import { NewSyncKeyResponse, SyncKeyList, SyncKeyResponse } from './sync-keys.dto.js';

/** Sync keys of any brand, for operators. */
@ApiTags('Operator: brands')
@ApiBearerAuth()
@Controller('operator/brands/:id/sync-keys')
export class OperatorSyncKeysController {
  constructor(private readonly desk: SyncKeyDesk) {}

  @Post()
  @Requires('operator:sync-keys:write')
  @ApiOperation({ summary: 'Make a sync key; its secret is shown only in this answer' })
  @ApiCreatedResponse({ type: NewSyncKeyResponse })
  @ApiProblems(400, 404, 409, 422)
  create(
    @CurrentActor() actor: Actor,
    @IdempotencyKeyOf({ required: false }) key: IdempotencyKey | null,
    @PathId() brandId: string,
  ): Promise<NewSyncKeyResponse> {
    return this.desk.make(actor, key, brandId);
  }

  @Get()
  @Requires('operator:brands:read')
  @ApiOperation({ summary: 'List the sync keys of a brand, newest first' })
  @ApiOkResponse({ type: SyncKeyList })
  @ApiProblems(400, 404)
  list(@PathId() brandId: string): Promise<SyncKeyList> {
    return this.desk.list(brandId);
  }

  @Post(':keyId/revoke')
  @HttpCode(200)
  @Requires('operator:sync-keys:write')
  @ApiOperation({ summary: 'Revoke a sync key: its requests are refused from now on' })
  @ApiOkResponse({ type: SyncKeyResponse })
  @ApiProblems(400, 404, 409)
  revoke(
    @CurrentActor() actor: Actor,
    @PathId() brandId: string,
    @PathId('keyId') keyId: string,
  ): Promise<SyncKeyResponse> {
    return this.desk.revoke(actor, brandId, keyId);
  }
}
