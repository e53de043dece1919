import { useQuery } from '@tanstack/react-query';

import type { ChargerDetail, LocalList } from '#apps/backoffice/api-types.js';

import { chargerListQuery } from '../../api/queries.js';
import { Figure, Figures } from '../../parts/figure.js';
import { Section } from '../../parts/section.js';
import { Since } from '../../parts/since.js';
import { useWords } from '../../texts/language.js';

const TONES = { new: 'plain', 'in-step': 'good', behind: 'plain', failed: 'warn', unsupported: 'plain' } as const;

/** Whether the charger's own list of cards is in step; nothing while it was never connected. */
export function LocalListFigures({ charger }: { readonly charger: ChargerDetail }) {
  const { t } = useWords();
  const found = useQuery(chargerListQuery(charger.id));
  const list = found.data?.list ?? null;
  if (list === null) return null;
  return (
    <div style={{ marginBottom: 20 }} data-testid="local-list">
      <Section title={t('list.title')} help={t('list.help')}>
        <ListFigures list={list} timeZone={charger.timeZone} />
      </Section>
    </div>
  );
}

function ListFigures({ list, timeZone }: { readonly list: LocalList; readonly timeZone: string }) {
  const { t, count } = useWords();
  const { state, version, entries, leftOut, inStepAt } = list;
  return (
    <Figures>
      <Figure label={t('cards.state')} value={t(`list.state.${state}`)} tone={TONES[state]} />
      {state !== 'unsupported' && (
        <>
          <Figure
            label={t('list.entries')}
            value={count(entries)}
            note={leftOut > 0 ? t('list.left-out', { count: leftOut }) : null}
            tone={leftOut > 0 ? 'warn' : 'plain'}
          />
          <Figure label={t('list.version')} value={version === null ? t('app.none') : count(version)} />
          <Figure
            label={t('list.since')}
            value={inStepAt === null ? t('app.none') : <Since at={inStepAt} timeZone={timeZone} />}
          />
        </>
      )}
    </Figures>
  );
}
