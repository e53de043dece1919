/** Every workflow type the worker knows: the entry of the workflow bundle. */
export { arrears } from './arrears/workflow.js';
export { chargerCommand } from './charger-command/workflow.js';
export { chargerProvisioning } from './charger-provisioning/workflow.js';
export { collection } from './collection/workflow.js';
export { collectionPage } from './collection-page/workflow.js';
export { installationMonth } from './installation-month/workflow.js';
export { letter } from './letter/workflow.js';
export { monthStarter } from './month-starter/workflow.js';
export { prepaidTopUp } from './prepaid-top-up/workflow.js';
export { prepaidSweep, prepaidWatch } from './prepaid-watch/workflow.js';
