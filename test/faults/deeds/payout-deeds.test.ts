import { PAYOUT_DEEDS } from './payout-deeds.js';
import { proveDeeds } from './prove-deeds.js';

proveDeeds(PAYOUT_DEEDS, { asksProvider: false });
