import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { SMTPServer } from 'smtp-server';

import { freePort } from './ports.js';

const MOST_BYTES = 30 * 1024 * 1024;

export interface MailKeeper {
  /** smtp://127.0.0.1:port */
  readonly url: string;
  stop(): Promise<void>;
}

/** What stands for the message: its Message-ID, the same when it is sent again. */
function nameOf(message: Buffer): string {
  const id = /^message-id:\s*<?([^>\r\n]+)>?/im.exec(message.subarray(0, 20_000).toString('latin1'))?.[1];
  const name = (id ?? createHash('sha256').update(message).digest('hex').slice(0, 24)).replaceAll(/[^\w.@-]/g, '_');
  return name.slice(0, 150);
}

/** `<time>-<message id>.eml`: sorted by arrival. */
const TIME = /^\d{4}-\d\d-\d\dT\d{9}Z-/;
const fileName = (name: string, at: Date): string => `${at.toISOString().replaceAll(/[:.]/g, '')}-${name}.eml`;

/**
 * A real SMTP server on 127.0.0.1 that keeps each message as an .eml file in `folder` instead of sending it on.
 * A message is accepted only when its file is complete. One whose Message-ID was kept before is accepted and kept
 * once, as mail systems do: a sender that crashed before it heard of the acceptance sends it again.
 */
export async function startMailKeeper(options: {
  folder: string;
  now?: () => Date;
  port?: number;
}): Promise<MailKeeper> {
  const { folder, now = () => new Date() } = options;
  mkdirSync(folder, { recursive: true });
  const kept = new Set(readdirSync(folder).map((file) => file.replace(TIME, '').replace(/\.eml$/, '')));
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['AUTH', 'STARTTLS'],
    hideSTARTTLS: true,
    size: MOST_BYTES,
    logger: false,
    onData(stream, _session, done) {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('error', done);
      stream.on('end', () => {
        if (stream.sizeExceeded) return done(new Error('the message is too large'));
        try {
          const message = Buffer.concat(chunks);
          const name = nameOf(message);
          if (kept.has(name)) return done();
          const file = join(folder, fileName(name, now()));
          writeFileSync(`${file}.part`, message);
          renameSync(`${file}.part`, file);
          kept.add(name);
          done();
        } catch (error) {
          done(error instanceof Error ? error : new Error(String(error)));
        }
      });
    },
  });
  server.on('error', () => undefined); // a client that broke off: nothing was accepted, it sends again
  const port = options.port ?? (await freePort());
  await new Promise<void>((resolve, reject) => {
    server.server.once('error', reject);
    server.listen(port, '127.0.0.1', () => resolve());
  });
  return { url: `smtp://127.0.0.1:${port}`, stop: () => new Promise((resolve) => server.close(() => resolve())) };
}
