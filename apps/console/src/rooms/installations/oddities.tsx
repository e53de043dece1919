import { Anchor, Button, Group, Text } from '@mantine/core';
import { IconCheck, IconCircleCheck } from '@tabler/icons-react';
import { useMutation, useQueryClient, type UseQueryResult } from '@tanstack/react-query';
import { useState } from 'react';
import { Link } from 'react-router';

import type { Oddity } from '#apps/backoffice/api-types.js';

import { write } from '../../api/request.js';
import { paths } from '../../app/paths.js';
import { useSession } from '../../app/session.js';
import { sayDone, sayRefused } from '../../parts/action-dialog.js';
import { ErrorNotice } from '../../parts/error-notice.js';
import { errorWords } from '../../parts/error-words.js';
import { RowsLoading } from '../../parts/loading.js';
import { Section } from '../../parts/section.js';
import { useWords } from '../../texts/language.js';
import { nameOf } from '../../texts/translate.js';
import { oddityDetail } from '../../wording/oddity.js';

import classes from './installation.module.css';

/** More than this are shown on request: what is oldest has waited longest, but a wall of text helps nobody. */
const SHOWN_AT_FIRST = 8;

interface OdditiesProps {
  readonly query: UseQueryResult<Oddity[]>;
  readonly timeZone: string;
}

/** What the gateway kept for a person to look at. */
export function Oddities({ query, timeZone }: OdditiesProps) {
  const { t } = useWords();
  const [all, setAll] = useState(false);
  const [resolvedToo, setResolvedToo] = useState(false);
  const oddities = query.data ?? [];
  const open = oddities.filter((oddity) => oddity.resolvedAt === null);
  const resolved = oddities.filter((oddity) => oddity.resolvedAt !== null);
  const shown = [...(all ? open : open.slice(0, SHOWN_AT_FIRST)), ...(resolvedToo ? resolved : [])];

  return (
    <Section
      title={open.length === 0 ? t('oddity.title') : `${t('oddity.title')} (${open.length})`}
      aside={
        resolved.length > 0 && (
          <Button variant="subtle" size="xs" onClick={() => setResolvedToo((now) => !now)} aria-pressed={resolvedToo}>
            {t('oddity.show-resolved', { count: resolved.length })}
          </Button>
        )
      }
    >
      {query.isPending && <RowsLoading rows={3} />}
      {query.isError && query.data === undefined && (
        <ErrorNotice error={query.error} retry={() => void query.refetch()} />
      )}
      {query.data !== undefined && open.length === 0 && (
        <Group gap={8} c="dimmed" wrap="nowrap">
          <IconCircleCheck size={18} aria-hidden />
          <Text size="sm">{t('oddity.none')}</Text>
        </Group>
      )}
      <ul className={classes.odds}>
        {shown.map((oddity) => (
          <OddityRow key={oddity.id} oddity={oddity} timeZone={timeZone} />
        ))}
      </ul>
      {!all && open.length > SHOWN_AT_FIRST && (
        <Button variant="subtle" size="xs" mt="xs" onClick={() => setAll(true)}>
          {t('app.more')} ({open.length - SHOWN_AT_FIRST})
        </Button>
      )}
    </Section>
  );
}

function OddityRow({ oddity, timeZone }: { readonly oddity: Oddity; readonly timeZone: string }) {
  const words = useWords();
  const { t, instant } = words;
  const { user } = useSession();
  const client = useQueryClient();
  const resolve = useMutation({
    mutationFn: () => write('POST', `/oddities/${oddity.id}/resolve`, {}),
    onSuccess: () => sayDone(t('done.title'), t('oddity.resolved')),
    onError: (error) => sayRefused(t('error.action'), errorWords(words, error).text),
    onSettled: () =>
      Promise.all([
        client.invalidateQueries({ queryKey: ['oddities', oddity.installationId] }),
        client.invalidateQueries({ queryKey: ['installation', oddity.installationId] }),
        client.invalidateQueries({ queryKey: ['installations'] }),
      ]),
  });
  const name = nameOf(t, 'odd', oddity.code);
  const what = `${name}, ${oddity.chargerLabel}`;
  const detail = oddityDetail(words, oddity.detail, timeZone);
  const mayResolve = user.role !== 'manager' && user.role !== 'resident';
  return (
    <li className={classes.odd} data-testid="oddity">
      <div>
        <Text size="sm" fw={600}>
          {name}
        </Text>
        <Text size="xs" c="dimmed" className="cz-figures">
          {oddity.chargerLabel} · {instant(oddity.at, timeZone)}
          {detail !== '' && ` · ${detail}`}
        </Text>
        {mayResolve && (
          <Anchor
            component={Link}
            to={paths.chargerFrames(oddity.chargerId, oddity.transactionId?.toString() ?? null)}
            size="xs"
            aria-label={t('odd.frames', { what })}
          >
            {t('odd.frames.open')}
          </Anchor>
        )}
        {oddity.resolvedAt !== null && (
          <Text size="xs" c="dimmed">
            {t('oddity.resolved.by', { by: oddity.resolvedBy ?? '', at: instant(oddity.resolvedAt, timeZone) })}
          </Text>
        )}
      </div>
      {oddity.resolvedAt === null && mayResolve && (
        <Button
          size="xs"
          variant="default"
          leftSection={<IconCheck size={15} aria-hidden />}
          loading={resolve.isPending}
          onClick={() => resolve.mutate()}
          aria-label={t('oddity.resolve.of', { what })}
        >
          {t('oddity.resolve')}
        </Button>
      )}
    </li>
  );
}
