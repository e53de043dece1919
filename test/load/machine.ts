import { cpus, totalmem } from 'node:os';

import { embeddedPostgresVersion } from '#apps/cli/servers/postgres-place.js';

/** What a figure was measured on. */
export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  readonly memoryGiB: number;
  readonly node: string;
  readonly postgres: string;
  readonly platform: string;
}

export function machineFacts(): Machine {
  const [first] = cpus();
  return {
    cpu: first?.model.trim() ?? 'unknown',
    cores: cpus().length,
    memoryGiB: Math.round((totalmem() / 2 ** 30) * 10) / 10,
    node: process.version,
    postgres: embeddedPostgresVersion(),
    platform: `${process.platform} ${process.arch}`,
  };
}
