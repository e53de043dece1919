import { Button, Card, Stack, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { IconPlus, IconSearch } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useParams } from 'react-router';

import { installationQuery } from '../../api/queries.js';
import { paths } from '../../app/paths.js';
import { useSession } from '../../app/session.js';
import { PageHeader } from '../../parts/page-header.js';
import { useWords } from '../../texts/language.js';
import { CardDialog } from './card-dialog.js';
import { CardList } from './card-list.js';
import { OfflineRule } from './offline-rule.js';

/** The cards of an installation, and what chargers do with those that nobody knows. */
export function CardsRoom() {
  const { installationId = '' } = useParams();
  const { t } = useWords();
  const { user } = useSession();
  const installation = useQuery(installationQuery(installationId));
  const [text, setText] = useState('');
  const [asked] = useDebouncedValue(text.trim(), 250);
  const [adds, setAdds] = useState(false);
  const may = user.role === 'staff' || user.role === 'administrator';
  return (
    <>
      <PageHeader
        up={{ to: paths.installation(installationId), label: installation.data?.name ?? installationId }}
        title={t('cards.title')}
        lead={t('cards.lead')}
      >
        {may && (
          <Button leftSection={<IconPlus size={17} aria-hidden />} onClick={() => setAdds(true)} data-testid="new-card">
            {t('cards.new')}
          </Button>
        )}
      </PageHeader>
      <Stack gap="lg">
        <TextInput
          aria-label={t('app.search')}
          placeholder={t('cards.search')}
          leftSection={<IconSearch size={17} aria-hidden />}
          type="search"
          value={text}
          maxLength={100}
          onChange={(event) => setText(event.currentTarget.value)}
          w={280}
          maw="100%"
        />
        <Card>
          <CardList installation={installationId} customer={null} q={asked === '' ? null : asked} />
        </Card>
        <OfflineRule installationId={installationId} />
      </Stack>
      {adds && <CardDialog installationId={installationId} card={null} close={() => setAdds(false)} />}
    </>
  );
}
