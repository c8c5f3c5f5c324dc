import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { DataSource } from 'typeorm';
import { PlanDrafts } from '../../commissions/index.js';
import { Requires } from '../../identity/index.js';
import { ApiProblems, PathId } from '../../platform/index.js';
import { PlanPreviews } from './plan-previews.service.js';
import { PreviewDto, PreviewNewPlanDto, PreviewPlanDto } from './preview.dto.js';

/** What commission plans would have paid, for operators. */
@ApiTags('Operator: commission plans')
@ApiBearerAuth()
@Controller('operator/commission-plans')
export class PlanPreviewsController {
  constructor(
    private readonly drafts: PlanDrafts,
    private readonly previews: PlanPreviews,
    private readonly dataSource: DataSource,
  ) {}

  @Post('preview')
  @HttpCode(200)
  @Requires('operator:commission-plans:read')
  @ApiOperation({ summary: 'Try terms on what happened on all campaigns of a brand; nothing is kept' })
  @ApiOkResponse({ type: PreviewDto })
  @ApiProblems(400, 404, 422)
  async previewNew(@Body() body: PreviewNewPlanDto): Promise<PreviewDto> {
    const draft = await this.drafts.ofNewPlan(this.dataSource.manager, body);
    return this.previews.preview(draft, { brandId: draft.brandId }, body);
  }

  @Post(':id/preview')
  @HttpCode(200)
  @Requires('operator:commission-plans:read')
  @ApiOperation({
    summary: 'Try a plan, or changed terms of it, on what happened on its campaigns; nothing is kept',
  })
  @ApiOkResponse({ type: PreviewDto })
  @ApiProblems(400, 404, 422)
  async preview(@PathId() id: string, @Body() body: PreviewPlanDto): Promise<PreviewDto> {
    const draft = await this.drafts.ofPlan(this.dataSource.manager, id, body);
    return this.previews.preview(draft, { planId: id }, body);
  }
}
