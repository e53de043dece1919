import type { CommandKind } from './commands.js';

/** By which actions a charger tells how far a command has come. */
export const PROGRESS: Readonly<Partial<Record<CommandKind, readonly string[]>>> = {
  'update-firmware': ['FirmwareStatusNotification', 'SignedFirmwareStatusNotification'],
  'publish-firmware': ['PublishFirmwareStatusNotification'],
  'get-log': ['LogStatusNotification'],
  'get-diagnostics': ['DiagnosticsStatusNotification', 'LogStatusNotification'],
};
const PROGRESS_ACTIONS: ReadonlySet<string> = new Set(Object.values(PROGRESS).flat());

/** Whether a charger says by this action how far something has come. */
export function tellsProgress(action: string): boolean {
  return PROGRESS_ACTIONS.has(action);
}

/** By which action it sends, in parts, what it was asked to report. */
export const REPORTS: Readonly<Partial<Record<CommandKind, string>>> = {
  'get-base-report': 'NotifyReport',
  'get-report': 'NotifyReport',
  'get-monitoring-report': 'NotifyMonitoringReport',
  'get-charging-profiles': 'ReportChargingProfiles',
  'get-display-messages': 'NotifyDisplayMessages',
  'customer-information': 'NotifyCustomerInformation',
};

/** The actions by which a charger goes on telling about a command; none for most. */
export function followingActions(kind: CommandKind): readonly string[] {
  const report = REPORTS[kind];
  return [...(PROGRESS[kind] ?? []), ...(report === undefined ? [] : [report])];
}
