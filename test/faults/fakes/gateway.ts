import { serve } from './fake-app.js';

serve('CHAZEMO_OCPP_PORT');
