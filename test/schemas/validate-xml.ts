import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const here = fileURLToPath(new URL('./', import.meta.url));
const run = promisify(execFile);

export type SchemaName = 'pain.001.001.03' | 'pain.001.001.09' | 'pain.008.001.02' | 'pain.008.001.08';

/**
 * What a schema has against documents, one line an error; empty when all are valid. Rejects where there is no Java to
 * run the validator, and for a document that is no XML at all.
 */
export async function validateXml(schema: SchemaName, documents: readonly string[]): Promise<string[]> {
  const folder = await mkdtemp(join(tmpdir(), 'chazemo-xsd-'));
  try {
    const files = documents.map((_, index) => join(folder, `${index}.xml`));
    await Promise.all(documents.map((document, index) => writeFile(join(folder, `${index}.xml`), document)));
    const { stdout } = await run('java', [join(here, 'ValidateXml.java'), join(here, `${schema}.xsd`), ...files]);
    const said = stdout.split('\n').filter((line) => line !== '');
    const errors = said.filter((line) => !line.startsWith('valid '));
    const valid = said.length - errors.length;
    if (errors.length === 0 && valid !== documents.length) throw new Error(`${valid} of ${documents.length} were read`);
    return errors;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
