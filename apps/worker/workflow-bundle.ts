import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { bundleWorkflowCode, DefaultLogger, type WorkflowBundleWithSourceMap } from '@temporalio/worker';

const WORKFLOWS = fileURLToPath(new URL('../../workflows', import.meta.url));
/** Sources under jest, compiled files otherwise. */
const EXTENSION = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
const SDK_PACKAGE = fileURLToPath(import.meta.resolve('@temporalio/workflow/package.json'));

/**
 * The workflows as one file for Temporal's sandbox. Bundling takes seconds, so the result is kept beside the compiled
 * workflows, named by what went into it: a changed workflow or SDK is bundled anew, anything else starts at once.
 */
export async function loadWorkflowBundle(folder = WORKFLOWS): Promise<WorkflowBundleWithSourceMap> {
  const kept = join(dirname(folder), 'workflow-bundles', `${await fingerprint(folder)}.js`);
  try {
    return { code: await readFile(kept, 'utf8'), sourceMap: '' };
  } catch {
    const bundle = await bundleWorkflowCode({
      workflowsPath: join(folder, `index.${EXTENSION}`),
      logger: new DefaultLogger('WARN'),
      webpackConfigHook: (config) => ({
        ...config,
        resolve: { ...config.resolve, conditionNames: ['import', 'require', 'node', 'default'] },
      }),
    });
    await keep(kept, bundle.code);
    return bundle;
  }
}

/** Complete or not at all; bundles of earlier sources are removed. */
async function keep(file: string, code: string): Promise<void> {
  const folder = dirname(file);
  await mkdir(folder, { recursive: true });
  const others = (await readdir(folder)).filter((name) => name.endsWith('.js'));
  await writeFile(`${file}.${process.pid}`, code);
  await rename(`${file}.${process.pid}`, file);
  await Promise.all(others.map((name) => rm(join(folder, name), { force: true })));
}

async function fingerprint(folder: string): Promise<string> {
  const hash = createHash('sha256').update(await readFile(SDK_PACKAGE));
  const names = await readdir(folder, { recursive: true });
  for (const name of names.filter((name) => name.endsWith(`.${EXTENSION}`)).sort()) {
    hash.update(name).update(await readFile(join(folder, name)));
  }
  return hash.digest('hex').slice(0, 16);
}
