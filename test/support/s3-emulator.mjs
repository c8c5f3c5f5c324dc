import { parentPort, workerData } from 'node:worker_threads';
import { startFauxqs } from 'fauxqs';

// A thread of its own, so that what the emulator holds in memory is not taken for the program's.
const store = await startFauxqs({
  port: 0,
  host: '127.0.0.1',
  logger: false,
  s3StorageDir: workerData.folder,
});
store.createBucket(workerData.bucket);
parentPort.postMessage(store.port);
