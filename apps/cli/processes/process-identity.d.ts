export interface ProcessIdentity {
  readonly pid: number;
  /** Start of the process, opaque: together with the pid it names one process for ever. */
  readonly startedAs: string;
}

export function startOfProcess(pid: number): string | null;
export function identityOf(pid?: number): ProcessIdentity;
export function isRunning(identity: ProcessIdentity): boolean;
