/** `close/<installation>`; the Schedule adds the instant. */
export const monthStarterWorkflowId = (installationId: string): string => `close/${installationId}`;

export interface MonthStarterInput {
  readonly installationId: string;
}
