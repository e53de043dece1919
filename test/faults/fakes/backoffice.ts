import { serve } from './fake-app.js';

serve('CHAZEMO_HTTP_PORT');
