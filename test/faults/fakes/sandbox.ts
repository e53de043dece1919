import { serve } from './fake-app.js';

serve('STRIPE_SANDBOX_PORT');
