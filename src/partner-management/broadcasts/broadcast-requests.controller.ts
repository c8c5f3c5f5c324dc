import { Controller } from '@nestjs/common';
import { operatorRequestRoutes } from '../requests/operator-request-routes.js';
import { BroadcastRequestDto, BroadcastRequestPage } from './broadcasts.dto.js';

/** Requests to reach people beyond a channel's followers, for operators (O04). */
@Controller('operator/broadcast-requests')
export class BroadcastRequestsController extends operatorRequestRoutes(
  'broadcast',
  BroadcastRequestDto,
  BroadcastRequestPage,
) {}
