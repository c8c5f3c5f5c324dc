import { Controller } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { favouriteRoutes } from './favourite-routes.js';

/** Performance reports that people save to run them again (A16). Each sees their own. */
@ApiTags('reports')
@Controller('partner/reports/favourites')
export class FavouritesController extends favouriteRoutes('partner') {}

/** Reports over the whole program that operators save to run them again (A16). Each sees their own. */
@ApiTags('reports')
@Controller('operator/reports/favourites')
export class OperatorFavouritesController extends favouriteRoutes('operator') {}
