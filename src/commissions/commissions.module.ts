import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { BrandsModule } from '../brands/index.js';
import { IdentityModule } from '../identity/index.js';
import { CommissionPlan } from './commission-plan.entity.js';
import { CommissionPlanVersion } from './commission-plan-version.entity.js';
import { CommissionsPersonalData } from './commissions-personal-data.js';
import { CommissionPlans } from './commission-plans.service.js';
import { OperatorPlansController } from './operator-plans.controller.js';
import { PartnerPlansController } from './partner-plans.controller.js';
import { PlanDrafts } from './plan-drafts.service.js';
import { PlanEditor } from './plan-editor.service.js';

/** The room of commission plans. */
@Module({
  imports: [IdentityModule, BrandsModule, TypeOrmModule.forFeature([CommissionPlan, CommissionPlanVersion])],
  controllers: [OperatorPlansController, PartnerPlansController],
  providers: [CommissionsPersonalData, CommissionPlans, PlanDrafts, PlanEditor],
  exports: [CommissionPlans, PlanDrafts, PlanEditor],
})
export class CommissionsModule {}
