import { Alert, Button, Drawer, Group, Text } from '@mantine/core';
import { IconAlertTriangle, IconCheck } from '@tabler/icons-react';
import { useInfiniteQuery } from '@tanstack/react-query';

import type {
  ExplainedPiece,
  ExplainedReading,
  Explanation as Explained,
  RawMessage,
} from '#apps/backoffice/api-types.js';

import { explanationQuery } from '../../api/queries.js';
import { formatInstantExact } from '../../format/dates.js';
import { ErrorNotice } from '../../parts/error-notice.js';
import { RowsLoading } from '../../parts/loading.js';
import { useWords } from '../../texts/language.js';
import { nameOf } from '../../texts/translate.js';
import { messagesOf, sessionsOf, type ExplainedSession } from '../../wording/explanation.js';
import { CorrectReading } from './correct-reading.js';

import classes from './explanation.module.css';

interface ExplanationProps {
  /** The rated line; null: closed. */
  readonly lineId: string | null;
  readonly close: () => void;
}

/** Why a line has the amount it has: down to each reading of the meter and the message that brought it. */
export function Explanation({ lineId, close }: ExplanationProps) {
  const { t } = useWords();
  return (
    <Drawer
      opened={lineId !== null}
      onClose={close}
      position="right"
      size="xl"
      title={<Text fw={650}>{t('why.title')}</Text>}
    >
      {lineId !== null && <Content lineId={lineId} />}
    </Drawer>
  );
}

function Content({ lineId }: { readonly lineId: string }) {
  const { t } = useWords();
  const query = useInfiniteQuery(explanationQuery(lineId));
  if (query.data === undefined) {
    if (!query.isError) return <RowsLoading rows={6} />;
    return <ErrorNotice error={query.error} retry={() => void query.refetch()} />;
  }
  const { pages } = query.data;
  const [first] = pages;
  if (first === undefined) return null;
  const messages = messagesOf(pages);
  return (
    <div data-testid="explanation">
      <Sum explained={first} />
      {sessionsOf(pages).map((session) => (
        <Session key={session.key} session={session} messages={messages} line={first.line} />
      ))}
      {query.hasNextPage && (
        <Group justify="center" mt="md">
          <Button variant="default" loading={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
            {t('app.more')}
          </Button>
        </Group>
      )}
    </div>
  );
}

/** The line itself, and that its parts add up to it. */
function Sum({ explained }: { readonly explained: Explained }) {
  const { t, kWh, price, money, count } = useWords();
  const { line, consumptions, differenceWh, wh } = explained;
  const pieces = consumptions.reduce((sum, consumption) => sum + consumption.pieces, 0);
  return (
    <>
      <Text size="lg" fw={650} className="cz-figures">
        {kWh(line.wh)} × {price(line.perKWhMicros, line.currency)} = {money(line.cents, line.currency)}
      </Text>
      <Text size="sm" c="dimmed" mb="sm">
        {line.label} · {line.interval} · {line.chargerLabel}
        {line.isAveragePrice && ` · ${t('cmonth.average')}`}
      </Text>
      {differenceWh === 0 ? (
        <Text size="sm" c="mar" fw={550} mb="md" data-testid="explanation-sum">
          <IconCheck size={16} aria-hidden style={{ verticalAlign: '-3px' }} />{' '}
          {t('why.sum', { sessions: consumptions.length, pieces: count(pieces), wh: kWh(wh) })}
        </Text>
      ) : (
        <Alert color="orange" icon={<IconAlertTriangle />} mb="md">
          {t('why.differs', { wh: kWh(wh), off: kWh(differenceWh) })}
        </Alert>
      )}
    </>
  );
}

interface SessionProps {
  readonly session: ExplainedSession;
  readonly messages: ReadonlyMap<number, RawMessage>;
  readonly line: Explained['line'];
}

function Session({ session, messages, line }: SessionProps) {
  const { t, kWh } = useWords();
  const { transactionId, wh, estimatedWh, pieces, pieceCount } = session;
  return (
    <section className={classes.session} aria-label={t('why.session', { id: transactionId })}>
      <h3>
        {t('why.session', { id: transactionId })}
        <span>{kWh(wh)}</span>
      </h3>
      {estimatedWh > 0 && (
        <Text size="xs" c="var(--cz-warn)">
          {t('cmonth.estimated', { wh: kWh(estimatedWh) })}
        </Text>
      )}
      {pieces.map((piece) => (
        <Piece key={piece.startsAt} piece={piece} messages={messages} line={line} />
      ))}
      {pieces.length < pieceCount && (
        <Text size="xs" c="dimmed" mt={4}>
          {t('why.not-read', { count: pieceCount - pieces.length })}
        </Text>
      )}
    </section>
  );
}

interface PieceProps extends Omit<SessionProps, 'session'> {
  readonly piece: ExplainedPiece;
}

/** From one register to the next; behind it the two readings and their messages. */
function Piece({ piece, messages, line }: PieceProps) {
  const { t, language, count, time } = useWords();
  const { timeZone } = line;
  const { startsAt, endsAt, startWh, endWh, wh, isEstimated } = piece;
  const register = (value: number, isInterpolated: boolean): string =>
    isInterpolated ? t('why.interpolated', { wh: count(value) }) : count(value);
  return (
    <details className={classes.piece} data-testid="explained-piece">
      <summary>
        <span>
          {formatInstantExact(startsAt, language, timeZone)} – {time(endsAt, timeZone)}
        </span>
        <span>
          {register(startWh, piece.isStartInterpolated)} → {register(endWh, piece.isEndInterpolated)}
        </span>
        <strong>
          {count(wh)} Wh{isEstimated && ` · ${t('why.estimated')}`}
        </strong>
      </summary>
      <Reading reading={piece.before} messages={messages} line={line} />
      <Reading reading={piece.after} messages={messages} line={line} />
    </details>
  );
}

interface ReadingProps extends Omit<PieceProps, 'piece'> {
  readonly reading: ExplainedReading;
}

function Reading({ reading, messages, line }: ReadingProps) {
  const { t, language, count } = useWords();
  const { timeZone } = line;
  const message = messages.get(reading.messageId);
  return (
    <div className={classes.reading}>
      <Text size="xs">
        {t('why.reading', {
          at: formatInstantExact(reading.at, language, timeZone),
          wh: count(reading.registerWh),
          context: nameOf(t, 'reading', reading.context),
        })}
        {reading.isDisregarded && ` · ${t('why.disregarded')}`}
      </Text>
      <CorrectReading reading={reading} line={line} />
      {message !== undefined && (
        <details>
          <summary>
            {t('why.message', {
              action: message.action,
              at: formatInstantExact(message.receivedAt, language, timeZone),
            })}
          </summary>
          <pre data-testid="raw-message">
            {JSON.stringify([message.messageId, message.action, message.payload, message.answer], null, 1)}
          </pre>
        </details>
      )}
    </div>
  );
}
