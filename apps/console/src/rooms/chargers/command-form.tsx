import { Alert, Checkbox, Select, Textarea } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';

import type { ChargerDetail } from '#apps/backoffice/api-types.js';

import { FormDialog } from '../../parts/form-dialog.js';
import { useWords } from '../../texts/language.js';
import { nameOf } from '../../texts/translate.js';
import { EXAMPLES, fieldsFrom, INTERRUPTS, KINDS, type CommandKind } from '../../wording/command.js';

interface CommandFormProps {
  readonly charger: ChargerDetail;
  readonly close: () => void;
}

const exampleOf = (kind: CommandKind): string => JSON.stringify(EXAMPLES[kind], null, 2);

/** Any command there is, its fields as JSON: for those who know the protocol. */
export function CommandForm({ charger, close }: CommandFormProps) {
  const { t } = useWords();
  const client = useQueryClient();
  const [kind, setKind] = useState<CommandKind>('get-variables');
  const [text, setText] = useState(() => exampleOf('get-variables'));
  const [waits, setWaits] = useState(true);
  const fields = fieldsFrom(text);
  const body =
    fields === null ? null : { command: { ...fields, kind }, whenAbsent: waits ? 'wait' : 'refuse', waitSeconds: 3600 };
  const choose = (next: string | null): void => {
    const known = KINDS.find((one) => one === next);
    if (known === undefined) return;
    setKind(known);
    setText(exampleOf(known));
  };
  return (
    <FormDialog
      title={t('command.other')}
      confirm={t('command.ask')}
      done={t('command.asked')}
      path={`/chargers/${encodeURIComponent(charger.id)}/commands`}
      body={body}
      refresh={() => client.invalidateQueries({ queryKey: ['charger-commands', charger.id] })}
      close={close}
      testId="ask-charger"
    >
      {(tried) => (
        <>
          <Select
            label={t('command.kind')}
            data={KINDS.map((one) => ({ value: one, label: nameOf(t, 'command.kind', one) }))}
            value={kind}
            onChange={choose}
            searchable
            allowDeselect={false}
          />
          <Textarea
            label={t('command.fields')}
            description={t('command.fields.help')}
            value={text}
            onChange={(event) => setText(event.currentTarget.value)}
            autosize
            minRows={4}
            maxRows={14}
            spellCheck={false}
            styles={{ input: { fontFamily: 'monospace', fontSize: 13 } }}
            error={tried && fields === null && t('command.fields.wrong')}
          />
          <Checkbox
            label={t('command.waits')}
            checked={waits}
            onChange={(event) => setWaits(event.currentTarget.checked)}
          />
          {INTERRUPTS.has(kind) && <Alert color="red">{t('command.interrupts', { charger: charger.label })}</Alert>}
        </>
      )}
    </FormDialog>
  );
}
