import { Controller } from '@nestjs/common';
import { operatorRequestRoutes } from '../requests/operator-request-routes.js';
import { AdPackageRequestDto, AdPackageRequestPage } from './ad-packages.dto.js';
import { AdRequestDto, AdRequestPage } from './ads.dto.js';

/** Requests for advertising packages for operators (O05). */
@Controller('operator/ad-package-requests')
export class AdPackageRequestsController extends operatorRequestRoutes(
  'ad_package',
  AdPackageRequestDto,
  AdPackageRequestPage,
) {}

/** Requests for the approval of ads for operators (O06). */
@Controller('operator/ad-requests')
export class AdRequestsController extends operatorRequestRoutes('ad', AdRequestDto, AdRequestPage) {}
