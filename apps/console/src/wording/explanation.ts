import type { ExplainedPiece, Explanation, RawMessage } from '#apps/backoffice/api-types.js';

/** The pieces of one transaction, as far as they were read. */
export interface ExplainedSession {
  readonly key: string;
  readonly transactionId: number;
  readonly wh: number;
  readonly estimatedWh: number;
  /** All of them; fewer may have been read yet. */
  readonly pieceCount: number;
  readonly pieces: readonly ExplainedPiece[];
}

const keyOf = ({ transactionId, connectorId }: { transactionId: number; connectorId: number }): string =>
  `${connectorId}/${transactionId}`;

/** The pages read so far as sessions in their order; a session whose pieces were not read yet has none. */
export function sessionsOf(pages: readonly Explanation[]): ExplainedSession[] {
  const pieces = Map.groupBy(
    pages.flatMap((page) => page.pieces),
    keyOf,
  );
  return (pages[0]?.consumptions ?? []).map((consumption) => ({
    key: keyOf(consumption),
    transactionId: consumption.transactionId,
    wh: consumption.wh,
    estimatedWh: consumption.estimatedWh,
    pieceCount: consumption.pieces,
    pieces: pieces.get(keyOf(consumption)) ?? [],
  }));
}

/** The messages of all pages, by id. */
export function messagesOf(pages: readonly Explanation[]): ReadonlyMap<number, RawMessage> {
  return new Map(pages.flatMap((page) => page.messages.map((message) => [message.id, message])));
}
