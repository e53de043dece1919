import { proveDeeds } from './prove-deeds.js';
import { PROVIDER_DEEDS } from './provider-deeds.js';

proveDeeds(PROVIDER_DEEDS, { asksProvider: true });
