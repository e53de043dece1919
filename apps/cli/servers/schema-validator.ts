import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { withFileLock } from '../processes/file-lock.js';
import { programOnPath, runProgram } from '../processes/run-program.js';
import { cacheFolder, programFolder } from './folders.js';
import { javaVersion } from './time-skipping-server.js';

/** The schemas that the program brings (apps/cli/xml-schema), by what they describe. */
const SCHEMAS = { saft: 'SAFTPT1.04_01.xsd' } as const;
export type SchemaName = keyof typeof SCHEMAS;

/** Raised with pom.xml or ValidateXml.java: the cache is then built anew. */
const BUILD = 'xml-schema-1.1-1';
const LEAST_JAVA = 11;
const MAVEN_LIMIT_MS = 5 * 60_000;
const JAVAC_LIMIT_MS = 60_000;
const TOLD_FAULTS = 200;

/** What a file has that its schema does not allow; line and column from 1. */
export interface SchemaFault {
  readonly line: number;
  readonly column: number;
  readonly message: string;
}

export interface SchemaVerdict {
  /** The first 200 faults. */
  readonly faults: readonly SchemaFault[];
  readonly faultCount: number;
}

export interface ValidationOptions {
  readonly env?: NodeJS.ProcessEnv;
  /** Told what is being done, one line each. */
  readonly tell?: (line: string) => void;
}

const sources = (): string => join(programFolder(), 'apps/cli/xml-schema');
const buildFolder = (env: NodeJS.ProcessEnv): string => join(cacheFolder(env), BUILD);

/**
 * Validates a file by an XML schema of version 1.1, its assertions too, with Xerces (XSD 1.1 is beyond libxml2). Java,
 * Maven and a compiler are needed once a machine; after that Java alone. Throws with what to install, or with why the
 * file cannot be read.
 */
export async function validateXml(
  file: string,
  schema: SchemaName,
  options: ValidationOptions = {},
): Promise<SchemaVerdict> {
  if (!existsSync(file)) throw new Error(`${file} is not there`);
  const env = options.env ?? process.env;
  const folder = await prepareSchemaValidator(options);
  const classPath = `${join(folder, 'classes')}:${join(folder, 'jars')}/*`;
  const args = ['-cp', classPath, 'ValidateXml', join(sources(), SCHEMAS[schema]), file, String(TOLD_FAULTS)];
  const outcome = await runProgram('java', ['-XX:TieredStopAtLevel=1', ...args], { env });
  if (outcome.status !== 0) throw new Error(`the validator failed on ${file}: ${outcome.said}`);
  return verdictOf(outcome.stdout);
}

function verdictOf(stdout: string): SchemaVerdict {
  const faults: SchemaFault[] = [];
  for (const line of stdout.trimEnd().split('\n')) {
    const [first = '', second = '', message = ''] = line.split('\t');
    if (first === 'faults') return { faults, faultCount: Number(second) };
    faults.push({ line: Number(first), column: Number(second), message });
  }
  throw new Error(`the validator did not end as it does: ${stdout}`);
}

/** The folder of the built validator; built where it is not there, which takes a while. */
export async function prepareSchemaValidator({ env = process.env, tell }: ValidationOptions = {}): Promise<string> {
  const folder = buildFolder(env);
  await requireJava(env);
  if (isBuilt(folder)) return folder;
  mkdirSync(cacheFolder(env), { recursive: true });
  return withFileLock(
    `${folder}.lock`,
    () => (isBuilt(folder) ? Promise.resolve(folder) : build(folder, env, tell)),
    (pid) => tell?.(`process ${pid} is building the validator`),
  );
}

/** Built from the source that is here: another text is another validator. */
function isBuilt(folder: string): boolean {
  const kept = join(folder, 'ValidateXml.java');
  return existsSync(kept) && readFileSync(kept, 'utf8') === readFileSync(join(sources(), 'ValidateXml.java'), 'utf8');
}

const ADVICE = 'Debian: apt-get install default-jdk-headless maven';

async function requireJava(env: NodeJS.ProcessEnv): Promise<void> {
  const java = await javaVersion(env);
  if (java !== null && java >= LEAST_JAVA) return;
  const found = java === null ? '' : ` (found ${java})`;
  throw new Error(`XML schemas of version 1.1 need Java ${LEAST_JAVA} or newer on PATH${found}. ${ADVICE}`);
}

async function build(folder: string, env: NodeJS.ProcessEnv, tell: ValidationOptions['tell']): Promise<string> {
  const [maven, javac] = [programOnPath('mvn', env['PATH']), programOnPath('javac', env['PATH'])];
  if (maven === null || javac === null) {
    const missing = maven === null ? 'Maven (mvn)' : 'a Java compiler (javac)';
    throw new Error(`the validator of XML schemas is not built yet, and there is no ${missing} on PATH. ${ADVICE}`);
  }
  tell?.('building the validator of XML schemas (once a machine)');
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const jars = join(folder, 'jars');
  const pom = join(sources(), 'pom.xml');
  const copy = ['-q', '-B', '-f', pom, 'dependency:copy-dependencies', `-DoutputDirectory=${jars}`];
  await must(maven, copy, { limitMs: MAVEN_LIMIT_MS, env });
  const source = join(sources(), 'ValidateXml.java');
  const compile = ['--release', String(LEAST_JAVA), '-d', join(folder, 'classes'), '-cp', `${jars}/*`, source];
  await must(javac, compile, { limitMs: JAVAC_LIMIT_MS, env });
  const kept = join(folder, 'ValidateXml.java');
  writeFileSync(`${kept}.new`, readFileSync(source, 'utf8'));
  renameSync(`${kept}.new`, kept);
  return folder;
}

async function must(program: string, args: readonly string[], options: { limitMs: number; env: NodeJS.ProcessEnv }) {
  const outcome = await runProgram(program, args, options);
  if (outcome.status === 0) return;
  const error = outcome.said.split('\n').find((line) => line.includes('ERROR')) ?? outcome.said;
  throw new Error(`the validator of XML schemas could not be built: ${program}: ${error}`);
}
