import { Controller } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { reportRequestRoutes } from './report-request-routes.js';

/** Performance reports that are made in the background, those of the whole team (A17). */
@ApiTags('reports')
@Controller('partner/reports/requests')
export class ReportRequestsController extends reportRequestRoutes('partner') {}

/** Reports over the whole program that are made in the background, those of all operators (A17). */
@ApiTags('reports')
@Controller('operator/reports/requests')
export class OperatorReportRequestsController extends reportRequestRoutes('operator') {}
