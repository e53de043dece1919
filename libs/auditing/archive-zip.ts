import { createHash } from 'node:crypto';
import { PassThrough, Readable, type Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

import { ZipFile } from 'yazl';

/** What is written of a file, known once it has been written. */
export interface WrittenFile {
  readonly name: string;
  readonly bytes: number;
  /** Hexadecimal. */
  readonly sha256: string;
}

/** A file of the archive: its text in chunks, made when its turn comes. */
export interface ArchiveFile {
  readonly name: string;
  chunks(written: readonly WrittenFile[]): AsyncIterable<string>;
}

/** Entries bear noon of one given day (UTC). A zip has no zone, so the bytes are the same whatever this machine's. */
function entryTime(at: Date): Date {
  return new Date(at.getUTCFullYear(), at.getUTCMonth(), at.getUTCDate(), 12);
}

/** Writes one zip to a stream, file after file; memory holds a chunk. The stream is ended, or destroyed by an error. */
export async function writeZip(files: readonly ArchiveFile[], at: Date, target: Writable): Promise<WrittenFile[]> {
  const zip = new ZipFile();
  const written: WrittenFile[] = [];
  const output = new PassThrough();
  const options = { mtime: entryTime(at), mode: 0o100644, forceDosTimestamp: true };
  for (const file of files) {
    zip.addReadStreamLazy(file.name, options, (use) => {
      const source = Readable.from(hashed(file, written));
      source.once('error', (error) => output.destroy(error));
      use(null, source);
    });
  }
  zip.once('error', (error: Error) => output.destroy(error));
  zip.outputStream.pipe(output);
  zip.end();
  await pipeline(output, target);
  return written;
}

async function* hashed(file: ArchiveFile, written: WrittenFile[]): AsyncGenerator<Buffer> {
  const hash = createHash('sha256');
  let bytes = 0;
  for await (const chunk of file.chunks(written)) {
    const buffer = Buffer.from(chunk, 'utf8');
    hash.update(buffer);
    bytes += buffer.length;
    if (buffer.length > 0) yield buffer;
  }
  written.push({ name: file.name, bytes, sha256: hash.digest('hex') });
}
