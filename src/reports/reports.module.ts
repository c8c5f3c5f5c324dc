import { Module } from '@nestjs/common';
import { PerformanceReportController } from './performance-report.controller.js';
import { PerformanceReportService } from './performance-report.service.js';
import { ReportApiController } from './report-api.controller.js';

/** Figures over the facts of all rooms. */
@Module({
  controllers: [ReportApiController, PerformanceReportController],
  providers: [PerformanceReportService],
})
export class ReportsModule {}
