import { Readable } from 'node:stream';

import { Controller, Get, Inject, Param, Query, StreamableFile } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { z } from 'zod';

import { recordAudit } from '#libs/identity/audit.js';
import { scopeOf } from '#libs/identity/permissions.js';
import {
  frameById,
  framesOf,
  spanOfTransaction,
  type ChargerFrame as Frame,
  type FramesQuery,
} from '#libs/support/frames/charger-frames.js';
import { DIRECTIONS } from '#libs/support/frames/directions.js';
import { frameLog, LOG_FORMATS } from '#libs/support/frames/frame-log.js';
import { withoutCards } from '#libs/support/frames/hide-cards.js';

import { CurrentActor, scopeFor, type Actor } from './actor.js';
import { Answers, AnswersFile } from './answers.js';
import { chargerFramePageSchema, chargerFrameSchema, type ChargerFrame, type ChargerFramePage } from './api-types.js';
import { attachment } from './attachment.js';
import { chargerById } from './chargers.queries.js';
import { decodeCursor, encodeCursor, pagingFields } from './paging.js';
import { Problem } from './problem.js';
import { BACKOFFICE, type Backoffice } from './tokens.js';

const filters = {
  from: z.iso.datetime({ offset: true }).optional(),
  to: z.iso.datetime({ offset: true }).optional(),
  direction: z.enum(DIRECTIONS).optional(),
  action: z.string().max(100).optional(),
  transaction: z.coerce.number().int().min(1).max(2_147_483_647).optional(),
  find: z.string().max(200).optional(),
};
const listQuery = z.strictObject({ ...pagingFields, ...filters });
const downloadQuery = z.strictObject({ ...filters, format: z.enum(LOG_FORMATS).default('ndjson') });
type Filters = Omit<z.infer<typeof downloadQuery>, 'format'>;

const placeShape = z.tuple([z.iso.datetime(), z.union([z.literal(0), z.literal(1)]), z.int()]);
/** A charger's frames of so long are shown when nobody says otherwise. */
const USUAL_MS = 7 * 24 * 3_600_000;

@ApiTags('chargers')
@Controller('api/v1/chargers/:id/frames')
export class ChargerFramesController {
  constructor(@Inject(BACKOFFICE) private readonly backoffice: Backoffice) {}

  @Get()
  @Answers(
    'What a charger sent, what it was answered and asked, newest first; of the last week when no span is given',
    chargerFramePageSchema,
  )
  async list(
    @CurrentActor() actor: Actor,
    @Param('id') id: string,
    @Query({ schema: listQuery }) { limit, cursor, ...filter }: z.infer<typeof listQuery>,
  ): Promise<ChargerFramePage> {
    await this.#found(actor, id);
    const after = decodeCursor(cursor, placeShape);
    const page = await framesOf(this.backoffice.sql, await this.#queryOf(id, filter), { limit, after });
    return {
      items: page.frames.map(visibleTo(actor)).map(toApi),
      nextCursor: page.next === null ? null : encodeCursor(page.next),
      searchedTo: page.searchedTo?.toISOString() ?? null,
    };
  }

  /** Streamed as it is read; whoever took them away is in the audit log. */
  @Get('log')
  @AnswersFile('All frames of a span, newest first, as NDJSON or as lines of OCPP-J')
  async download(
    @CurrentActor() actor: Actor,
    @Param('id') id: string,
    @Query({ schema: downloadQuery }) { format, ...filter }: z.infer<typeof downloadQuery>,
  ): Promise<StreamableFile> {
    const { installationId } = await this.#found(actor, id);
    const { sql } = this.backoffice;
    const query = await this.#queryOf(id, filter);
    const event = { actor: actor.label, action: 'charger.frames', subject: `charger/${id}`, installationId };
    await recordAudit(sql, { ...event, before: null, after: { from: query.from, to: query.to, format } });
    const name = `${id}-${query.from.toISOString().slice(0, 10)}.${format === 'ndjson' ? 'ndjson' : 'log'}`;
    const stream = Readable.from(frameLog(sql, query, { format, shown: visibleTo(actor) }));
    return new StreamableFile(stream, { type: 'application/x-ndjson', disposition: attachment(name) });
  }

  @Get(':frame')
  @Answers('One frame whole', chargerFrameSchema)
  async one(
    @CurrentActor() actor: Actor,
    @Param('id') id: string,
    @Param('frame') frameId: string,
  ): Promise<ChargerFrame> {
    await this.#found(actor, id);
    const frame = await frameById(this.backoffice.sql, id, frameId);
    if (frame === null) throw Problem.notFound('frame');
    return toApi(visibleTo(actor)(frame));
  }

  async #found(actor: Actor, id: string): Promise<{ readonly installationId: string }> {
    const found = await chargerById(this.backoffice.sql, scopeFor(actor, 'frame.read'), id);
    if (found === null) throw Problem.notFound('charger');
    return found;
  }

  async #queryOf(chargerId: string, { from, to, transaction, ...rest }: Filters): Promise<FramesQuery> {
    const { sql, now } = this.backoffice;
    const whole = transaction === undefined ? null : await spanOfTransaction(sql, chargerId, transaction);
    const end = to === undefined ? (whole?.to ?? new Date(now().getTime() + 1)) : new Date(to);
    const begin = from === undefined ? (whole?.from ?? new Date(end.getTime() - USUAL_MS)) : new Date(from);
    return { chargerId, from: begin, to: end, transactionId: transaction, ...rest };
  }
}

/** Cards are shown to those who may see customers. */
function visibleTo(actor: Actor): (frame: Frame) => Frame {
  return scopeOf(actor, 'customer.read') === null ? withoutCards : (frame) => frame;
}

function toApi(frame: Frame): ChargerFrame {
  return { ...frame, at: frame.at.toISOString() };
}
