import { serve } from './fake-app.js';

serve('CHAZEMO_WORKER_PORT');
