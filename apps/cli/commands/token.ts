import { Command } from 'commander';

import { recordAudit } from '#libs/identity/audit.js';
import type { Sql } from '#libs/persistence/database.js';
import { addToken, blockToken, unblockToken, type TokenRefusal } from '#libs/registry/token-deeds.js';
import { TOKEN_KINDS, type TokenKind } from '#libs/registry/token-kinds.js';

import { refuse, refusing } from '../system/refused.js';
import { withDatabase } from '../system/with-database.js';

/** Who says so: nobody is signed in at a command line. */
const BY = 'command line';
const SHOWN = 200;

interface JsonFlag {
  readonly json?: boolean;
}
interface AddFlags extends JsonFlag {
  readonly installation: string;
  readonly kind: string;
  readonly customer?: string;
  readonly group?: string;
  readonly from?: string;
  readonly until?: string;
  readonly spot: readonly string[];
}
interface BlockFlags extends JsonFlag {
  readonly installation: string;
  readonly reason: string;
}

const REFUSALS: Readonly<Record<TokenRefusal['code'], string>> = {
  'TOKEN.TAKEN': 'This installation has a card of this number already',
  'TOKEN.NOT_FOUND': 'There is no such card: `chazemo token list` names them',
  'TOKEN.CUSTOMER_ELSEWHERE': 'There is no such customer in the condominium of this installation',
  'TOKEN.SPOT_ELSEWHERE': 'A spot is not of this installation',
  'TOKEN.ENDS_BEFORE_BEGIN': 'It would end before it begins',
  'TOKEN.BLOCKED': 'The card is blocked already',
  'TOKEN.NOT_BLOCKED': 'The card is not blocked',
};

const cardRows = (sql: Sql, installation: string) =>
  sql
    .selectFrom('token')
    .select((row) => [
      'token.id',
      'token.id_tag as idTag',
      'token.kind',
      'token.status',
      'token.customer_id as customerId',
      'token.group_tag as groupTag',
      'token.valid_from as validFrom',
      'token.expires_at as expiresAt',
      'token.block_reason as blockReason',
      row
        .selectFrom('token_spot')
        .innerJoin('spot', 'spot.id', 'token_spot.spot_id')
        .select(({ fn }) =>
          fn.coalesce(fn.agg<string>('string_agg', ['spot.name', row.val(', ')]), row.val('')).as('spots'),
        )
        .whereRef('token_spot.token_id', '=', 'token.id')
        .as('spots'),
    ])
    .where('token.installation_id', '=', installation)
    .orderBy('token.id_tag');

type CardRow = Awaited<ReturnType<ReturnType<typeof cardRows>['execute']>>[number];

function lineOf(card: CardRow): string {
  const { idTag, kind, status, customerId, groupTag, validFrom, expiresAt, blockReason, spots } = card;
  return [
    idTag,
    kind,
    status === 'active' ? 'active' : `blocked${blockReason === null ? '' : `: ${blockReason}`}`,
    customerId === null ? 'nobody’s' : `customer ${customerId}`,
    ...(groupTag === null ? [] : [`group ${groupTag}`]),
    ...(spots === '' || spots === null ? [] : [`spots ${spots}`]),
    ...(validFrom === null ? [] : [`from ${validFrom.toISOString()}`]),
    ...(expiresAt === null ? [] : [`until ${expiresAt.toISOString()}`]),
  ].join('  ');
}

function tell(result: unknown, text: string, { json }: JsonFlag): void {
  process.stdout.write(`${json === true ? JSON.stringify(result) : text}\n`);
}

async function list(flags: JsonFlag & { readonly installation: string; readonly search?: string }): Promise<void> {
  const { installation, search = '' } = flags;
  const pattern = `%${search.replaceAll(/[\\%_]/g, String.raw`\$&`)}%`;
  const cards = await withDatabase(({ sql }) =>
    cardRows(sql, installation).where('token.id_tag', 'ilike', pattern).limit(SHOWN).execute(),
  );
  tell(cards, cards.length === 0 ? 'There are no such cards.' : cards.map(lineOf).join('\n'), flags);
}

function instantOf(flag: string, text: string | undefined): Date | null {
  if (text === undefined) return null;
  const at = new Date(text);
  const isWhole = /^\d{4}-\d{2}-\d{2}T.*(?:Z|[+-]\d{2}:?\d{2})$/.test(text);
  if (!isWhole || Number.isNaN(at.getTime())) refuse(`${flag} is an instant such as 2027-01-01T00:00:00Z`);
  return at;
}

function kindOf(text: string): TokenKind {
  return TOKEN_KINDS.find((kind) => kind === text) ?? refuse(`--kind is ${TOKEN_KINDS.join(', ')}`);
}

async function add(idTag: string, flags: AddFlags): Promise<void> {
  const { installation: installationId, customer: customerId = null, group: groupTag = null, spot } = flags;
  if (!/^\S.{0,35}$/.test(idTag)) refuse('A card has 1 to 36 characters');
  if (groupTag !== null && groupTag.length > 20) refuse('A group has at most 20 characters');
  const kind = kindOf(flags.kind);
  const validFrom = instantOf('--from', flags.from);
  const expiresAt = instantOf('--until', flags.until);
  await deed(flags, installationId, 'token.add', async (trx) => {
    const known = await trx.selectFrom('installation').select('id').where('id', '=', installationId).executeTakeFirst();
    if (known === undefined) refuse(`There is no installation "${installationId}"`);
    const spotIds = await spotsNamed(trx, installationId, spot);
    const terms = { kind, customerId, groupTag, validFrom, expiresAt, spotIds };
    return addToken(trx, { installationId, idTag, terms });
  });
}

async function spotsNamed(trx: Sql, installationId: string, names: readonly string[]): Promise<string[]> {
  if (names.length === 0) return [];
  const found = await trx
    .selectFrom('spot')
    .select(['id', 'name'])
    .where('installation_id', '=', installationId)
    .where('name', 'in', [...names])
    .execute();
  const missing = names.find((name) => !found.some((spot) => spot.name === name));
  if (missing !== undefined) refuse(`There is no spot "${missing}" in this installation`);
  return found.map(({ id }) => id);
}

async function block(idTag: string, flags: BlockFlags): Promise<void> {
  await deed(flags, flags.installation, 'token.block', async (trx) => {
    const tokenId = await cardNamed(trx, flags.installation, idTag);
    return blockToken(trx, { tokenId, reason: flags.reason, by: BY, now: new Date() });
  });
}

async function unblock(idTag: string, flags: BlockFlags): Promise<void> {
  await deed(flags, flags.installation, 'token.unblock', async (trx) =>
    unblockToken(trx, await cardNamed(trx, flags.installation, idTag)),
  );
}

async function cardNamed(trx: Sql, installationId: string, idTag: string): Promise<string> {
  const row = await trx
    .selectFrom('token')
    .select('id')
    .where('installation_id', '=', installationId)
    .where((where) => where(where.fn<string>('lower', ['id_tag']), '=', idTag.toLowerCase()))
    .executeTakeFirst();
  return row?.id ?? refuse(REFUSALS['TOKEN.NOT_FOUND']);
}

/** Does it, writes it down and tells the card. */
async function deed(
  flags: JsonFlag & { readonly reason?: string },
  installationId: string,
  action: string,
  run: (trx: Sql) => ReturnType<typeof addToken>,
): Promise<void> {
  const card = await withDatabase(({ sql }) =>
    sql.transaction().execute(async (trx) => {
      const done = await run(trx);
      if ('refused' in done) refuse(REFUSALS[done.refused.code]);
      const after = await cardRows(trx, installationId).where('token.id', '=', done.ok.id).executeTakeFirstOrThrow();
      const event = { actor: BY, action, subject: `token/${done.ok.id}`, installationId, before: null };
      await recordAudit(trx, { ...event, after: { ...after, reason: flags.reason ?? null } });
      return after;
    }),
  );
  tell(card, lineOf(card), flags);
}

const JSON_OPTION = ['--json', 'print JSON'] as const;
const several = (name: string, names: readonly string[]): readonly string[] => [...names, name];

/** `chazemo token`: the cards of an installation; adding, blocking and unblocking one. */
export function tokenCommand(): Command {
  const listing = new Command('list')
    .description(`the first ${SHOWN} cards of an installation`)
    .requiredOption('--installation <id>')
    .option('--search <text>', 'only those whose number contains this')
    .option(...JSON_OPTION)
    .action(refusing(list));
  const adding = new Command('add')
    .description('add a card')
    .argument('<idTag>', 'its number, as chargers tell it')
    .requiredOption('--installation <id>')
    .option('--kind <kind>', TOKEN_KINDS.join(', '), 'rfid')
    .option('--customer <id>', 'whose it is')
    .option('--group <tag>', 'cards of one group may end each other’s sessions')
    .option('--from <instant>', 'good from then on')
    .option('--until <instant>', 'and no longer from then on')
    .option('--spot <name>', 'where it is good; may be given several times, everywhere when not given', several, [])
    .option(...JSON_OPTION)
    .action(refusing(add));
  const blocks = (name: string, description: string, run: typeof block): Command =>
    new Command(name)
      .description(description)
      .argument('<idTag>', 'its number')
      .requiredOption('--installation <id>')
      .requiredOption('--reason <text>')
      .option(...JSON_OPTION)
      .action(refusing(run));
  const command = new Command('token').description('cards: what begins a session');
  command.addCommand(listing).addCommand(adding);
  command.addCommand(blocks('block', 'a card begins no session from now on', block));
  command.addCommand(blocks('unblock', 'lift the block of a card; one by arrears stays', unblock));
  return command;
}
