import { Controller } from '@nestjs/common';
import { operatorRequestRoutes } from './operator-request-routes.js';

/** Partnership requests for operators (O01, O02). */
@Controller('operator/partnership-requests')
export class PartnershipRequestsController extends operatorRequestRoutes('partnership') {}

/** Requests for add-ons, for operators (O03). */
@Controller('operator/add-on-requests')
export class AddOnRequestsController extends operatorRequestRoutes('add_on') {}
