import { proveDeeds } from './prove-deeds.js';
import { SEPA_DEEDS } from './sepa-deeds.js';

proveDeeds(SEPA_DEEDS, { asksProvider: false });
