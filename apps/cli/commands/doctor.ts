import { Command } from 'commander';

import { examine } from '../system/examine.js';
import type { Finding } from '../system/finding.js';

const MARK = { ok: '✓', missing: '✗', 'on-demand': '·', unused: '·' } as const;

function lineOf({ name, state, found, advice }: Finding, width: number): string {
  const line = `${MARK[state]} ${name.padEnd(width)}  ${found}`;
  return advice === undefined ? line : `${line}\n  ${' '.repeat(width)}  → ${advice}`;
}

/** `chazemo doctor`: what was found and is used, what is missing and how to get it. */
export function doctorCommand(): Command {
  return new Command('doctor')
    .description('show what was found and is used, what is missing and how to get it')
    .option('--json', 'print one JSON object')
    .action(async ({ json }: { json?: boolean }) => {
      const findings = await examine();
      const isOk = !findings.some(({ state, essential }) => state === 'missing' && essential);
      if (json === true) {
        process.stdout.write(`${JSON.stringify({ ok: isOk, findings })}\n`);
      } else {
        const width = Math.max(...findings.map(({ name }) => name.length));
        const verdict = isOk ? 'Everything essential is here.' : 'Something essential is missing.';
        process.stdout.write(`${findings.map((finding) => lineOf(finding, width)).join('\n')}\n\n${verdict}\n`);
      }
      if (!isOk) process.exitCode = 1;
    });
}
