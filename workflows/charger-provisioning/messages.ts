export interface ChargerProvisioningInput {
  readonly chargerId: string;
  /** The boot that asked for it, ISO 8601. */
  readonly run: string;
}

export const chargerProvisioningWorkflowId = (chargerId: string): string => `provisioning/${chargerId}`;
