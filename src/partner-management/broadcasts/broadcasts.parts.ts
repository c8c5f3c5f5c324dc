import { BroadcastDesk } from './broadcast-desk.service.js';
import { BroadcastMovesController } from './broadcast-moves.controller.js';
import { BroadcastMoves } from './broadcast-moves.service.js';
import { BroadcastRequestsController } from './broadcast-requests.controller.js';
import { BroadcastRequests } from './broadcast-requests.js';
import { BroadcastSender } from './broadcast-sender.service.js';
import { BroadcastStarts } from './broadcast-starts.service.js';
import { BroadcastsPersonalData } from './broadcasts-personal-data.js';
import { BroadcastsController } from './broadcasts.controller.js';
import { BroadcastsJob } from './broadcasts.job.js';
import { Broadcasts } from './broadcasts.service.js';
import { EngagementTypesController } from './engagement-types.controller.js';
import { OperatorBroadcastsController } from './operator-broadcasts.controller.js';
import { OperatorBroadcasts } from './operator-broadcasts.service.js';

/** What the room's module takes of broadcasts. */
export const BROADCAST_CONTROLLERS = [
  BroadcastMovesController,
  BroadcastRequestsController,
  BroadcastsController,
  EngagementTypesController,
  OperatorBroadcastsController,
];

export const BROADCAST_PROVIDERS = [
  BroadcastDesk,
  BroadcastMoves,
  BroadcastRequests,
  BroadcastSender,
  BroadcastStarts,
  BroadcastsPersonalData,
  BroadcastsJob,
  Broadcasts,
  OperatorBroadcasts,
];
