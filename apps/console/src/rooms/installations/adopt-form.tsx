import { TextInput } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';

import type { Candidate } from '#apps/backoffice/api-types.js';

import { FormDialog } from '../../parts/form-dialog.js';
import { useWords } from '../../texts/language.js';

interface AdoptFormProps {
  readonly candidate: Candidate;
  readonly installationId: string;
  readonly close: () => void;
}

/** A waiting charger gets its spot and is one of the installation from then on. */
export function AdoptForm({ candidate, installationId, close }: AdoptFormProps) {
  const { t } = useWords();
  const client = useQueryClient();
  const [spot, setSpot] = useState('');
  const refresh = () =>
    Promise.all([
      client.invalidateQueries({ queryKey: ['enrolment', installationId] }),
      client.invalidateQueries({ queryKey: ['spots', installationId] }),
      client.invalidateQueries({ queryKey: ['installation', installationId] }),
    ]);
  return (
    <FormDialog
      title={t('enrolment.adopt.title', { charger: candidate.label })}
      help={t('enrolment.adopt.help')}
      confirm={t('enrolment.adopt')}
      done={t('enrolment.adopt.done')}
      path={`/enrolment/${encodeURIComponent(candidate.id)}/adopt`}
      body={spot.trim() === '' ? null : { spot: spot.trim() }}
      refresh={refresh}
      close={close}
      testId="adopt-confirm"
    >
      {(tried) => (
        <TextInput
          label={t('enrolment.adopt.spot')}
          value={spot}
          maxLength={100}
          onChange={(event) => setSpot(event.currentTarget.value)}
          error={tried && spot.trim() === '' && t('enrolment.adopt.spot.missing')}
          data-autofocus
        />
      )}
    </FormDialog>
  );
}
