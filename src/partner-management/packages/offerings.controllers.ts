import { Controller } from '@nestjs/common';
import { offeringRoutes } from './offering-routes.js';

/** Packages for operators. */
@Controller('operator/packages')
export class PackagesController extends offeringRoutes('package') {}

/** Add-ons for operators (O03). */
@Controller('operator/add-ons')
export class AddOnsController extends offeringRoutes('add_on') {}
