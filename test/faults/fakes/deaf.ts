import { serve } from './fake-app.js';

// Does not hear that it shall end: only a kill helps.
serve('CHAZEMO_WORKER_PORT');
process.removeAllListeners('SIGTERM').on('SIGTERM', () => undefined);
