import { BANK_DEEDS } from './bank-deeds.js';
import { proveDeeds } from './prove-deeds.js';

proveDeeds(BANK_DEEDS, { asksProvider: false });
