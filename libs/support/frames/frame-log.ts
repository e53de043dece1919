import type { Sql } from '#libs/persistence/database.js';

import { framesOf, type ChargerFrame, type FramePlace, type FramesQuery } from './charger-frames.js';

/** ndjson: an exchange a line, as the API shows it. ocpp-j: a frame a line, as it went over the socket. */
export const LOG_FORMATS = ['ndjson', 'ocpp-j'] as const;
export type LogFormat = (typeof LOG_FORMATS)[number];

const PAGE = 500;

/**
 * All frames of a query as text, page by page, newest first; memory is flat. `shown` takes away what the reader may not
 * see.
 */
export async function* frameLog(
  sql: Sql,
  query: FramesQuery,
  { format, shown }: { readonly format: LogFormat; readonly shown: (frame: ChargerFrame) => ChargerFrame },
): AsyncGenerator<string> {
  let after: FramePlace | null = null;
  do {
    const page: Awaited<ReturnType<typeof framesOf>> = await framesOf(sql, query, { limit: PAGE, after });
    const lines = page.frames.flatMap((frame) => linesOf(shown(frame), format));
    if (lines.length > 0) yield `${lines.join('\n')}\n`;
    after = page.next;
  } while (after !== null);
}

function linesOf(frame: ChargerFrame, format: LogFormat): string[] {
  return format === 'ndjson' ? [JSON.stringify(frame)] : ocppJ(frame).toReversed();
}

/** `time direction frame`. A call of ours bears the name of its row, for its message id is not kept. */
export function ocppJ(frame: ChargerFrame): string[] {
  const at = frame.at.toISOString();
  if (frame.direction === 'malformed') return [`${at} < ${frame.raw ?? ''}`];
  const [call, back] = frame.direction === 'from-charger' ? ['<', '>'] : ['>', '<'];
  const id = frame.messageId ?? frame.id;
  const lines = [`${at} ${call} ${JSON.stringify([2, id, frame.action, frame.payload])}`];
  if (frame.outcome === 'answer' || frame.outcome === 'malformed') {
    lines.push(`${at} ${back} ${JSON.stringify([3, id, frame.answer])}`);
  } else if (frame.outcome === 'error') {
    const { code = 'GenericError', description = '' } = {
      ...(frame.answer as { code?: string; description?: string }),
    };
    lines.push(`${at} ${back} ${JSON.stringify([4, id, code, description, {}])}`);
  }
  return lines;
}
