import { Migration20261123000001Tables } from './20261123000001-tables.js';
import { Migration20261123000002Guards } from './20261123000002-guards.js';
import { Migration20261124000001TariffsAndImputation } from './20261124000001-tariffs-and-imputation.js';
import { Migration20261125000000Ledger } from './20261125000000-ledger.js';
import { Migration20261125000001Fiscal } from './20261125000001-fiscal.js';
import { Migration20261125000002Bank } from './20261125000002-bank.js';
import { Migration20261125000003Collection } from './20261125000003-collection.js';
import { Migration20261125000004Prepaid } from './20261125000004-prepaid.js';
import { Migration20261125000005Arrears } from './20261125000005-arrears.js';
import { Migration20261125000006Payout } from './20261125000006-payout.js';
import { Migration20261126000000Ocpp } from './20261126000000-ocpp.js';
import { Migration20261126000100Commands } from './20261126000100-commands.js';
import { Migration20261126000200Circuits } from './20261126000200-circuits.js';
import { Migration20261127000000Tokens } from './20261127000000-tokens.js';
import { Migration20261127000100RunningSessions } from './20261127000100-running-sessions.js';
import { Migration20261127000200ChargerSecurity } from './20261127000200-charger-security.js';
import { Migration20261127000210Enrolment } from './20261127000210-enrolment.js';
import { Migration20261127000300FramesAndClocks } from './20261127000300-frames-and-clocks.js';
import { Migration20261127000400Certificates } from './20261127000400-certificates.js';
import { Migration20261128000000TrueInstants } from './20261128000000-true-instants.js';
import { Migration20261128000100Passwords } from './20261128000100-passwords.js';
import { Migration20261129000300RememberedCards } from './20261129000300-remembered-cards.js';

/** In the order they are applied. A released migration is never changed: add the next one. */
export const MIGRATIONS = [
  { name: '20261123000001-tables', class: Migration20261123000001Tables },
  { name: '20261123000002-guards', class: Migration20261123000002Guards },
  { name: '20261124000001-tariffs-and-imputation', class: Migration20261124000001TariffsAndImputation },
  { name: '20261125000000-ledger', class: Migration20261125000000Ledger },
  { name: '20261125000001-fiscal', class: Migration20261125000001Fiscal },
  { name: '20261125000002-bank', class: Migration20261125000002Bank },
  { name: '20261125000003-collection', class: Migration20261125000003Collection },
  { name: '20261125000004-prepaid', class: Migration20261125000004Prepaid },
  { name: '20261125000005-arrears', class: Migration20261125000005Arrears },
  { name: '20261125000006-payout', class: Migration20261125000006Payout },
  { name: '20261126000000-ocpp', class: Migration20261126000000Ocpp },
  { name: '20261126000100-commands', class: Migration20261126000100Commands },
  { name: '20261126000200-circuits', class: Migration20261126000200Circuits },
  { name: '20261127000000-tokens', class: Migration20261127000000Tokens },
  { name: '20261127000100-running-sessions', class: Migration20261127000100RunningSessions },
  { name: '20261127000200-charger-security', class: Migration20261127000200ChargerSecurity },
  { name: '20261127000210-enrolment', class: Migration20261127000210Enrolment },
  { name: '20261127000300-frames-and-clocks', class: Migration20261127000300FramesAndClocks },
  { name: '20261127000400-certificates', class: Migration20261127000400Certificates },
  { name: '20261128000000-true-instants', class: Migration20261128000000TrueInstants },
  { name: '20261128000100-passwords', class: Migration20261128000100Passwords },
  { name: '20261129000300-remembered-cards', class: Migration20261129000300RememberedCards },
];
