import { createHash } from 'node:crypto';
import type { Readable } from 'node:stream';
import { crc32 } from 'node:zlib';

import yauzl, { type Entry, type ZipFile } from 'yauzl';

/** An archive opened for reading, entry by entry. */
export class OpenArchive {
  readonly #zip: ZipFile;
  readonly #entries: ReadonlyMap<string, Entry>;

  private constructor(zip: ZipFile, entries: ReadonlyMap<string, Entry>) {
    this.#zip = zip;
    this.#entries = entries;
  }

  /** Throws when the file is no zip. */
  static async open(path: string): Promise<OpenArchive> {
    const zip = await yauzl.openPromise(path, { autoClose: false });
    const entries = new Map<string, Entry>();
    for await (const entry of zip.eachEntry()) entries.set(entry.fileName, entry);
    return new OpenArchive(zip, entries);
  }

  get names(): string[] {
    return [...this.#entries.keys()];
  }

  /** One file; null where there is none of that name. */
  async read(name: string): Promise<ReadFile | null> {
    const entry = this.#entries.get(name);
    return entry === undefined ? null : new ReadFile(await this.#zip.openReadStreamPromise(entry), entry.crc32);
  }

  close(): void {
    this.#zip.close();
  }
}

/**
 * A file that is being read, with its SHA-256 once all of it was. Throws at its end where the zip's own CRC-32 differs:
 * the manifest, whose SHA-256 stands nowhere in the archive, is guarded by it against damage (not against a person).
 */
export class ReadFile {
  readonly #source: Readable;
  readonly #hash = createHash('sha256');
  readonly #crc32: number;

  constructor(source: Readable, expectedCrc32: number) {
    // An error before anybody reads is thrown to whoever reads then. yauzl only emits it: a stream that is not destroyed by
    // it would be waited for without end.
    this.#source = source.on('error', (error) => source.destroy(error));
    this.#crc32 = expectedCrc32;
  }

  async *chunks(): AsyncGenerator<Buffer> {
    let crc = 0;
    for await (const chunk of this.#source) {
      this.#hash.update(chunk as Buffer);
      crc = crc32(chunk as Buffer, crc);
      yield chunk as Buffer;
    }
    if (crc !== this.#crc32) throw new Error('it was damaged (its CRC-32 differs)');
  }

  lines(): AsyncGenerator<string> {
    return linesOf(this.chunks());
  }

  async text(): Promise<string> {
    const chunks: Buffer[] = [];
    for await (const chunk of this.chunks()) chunks.push(chunk);
    return Buffer.concat(chunks).toString('utf8');
  }

  sha256(): string {
    return this.#hash.digest('hex');
  }
}

/**
 * Lines end with a line feed and nothing else. Node's readline also ends one at U+2028, which may stand in the text of a
 * message.
 */
export async function* linesOf(chunks: AsyncIterable<Buffer>): AsyncGenerator<string> {
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  let rest = '';
  for await (const chunk of chunks) {
    const lines = `${rest}${decoder.decode(chunk, { stream: true })}`.split('\n');
    rest = lines.pop() ?? '';
    yield* lines;
  }
  if (rest !== '') yield rest;
}
