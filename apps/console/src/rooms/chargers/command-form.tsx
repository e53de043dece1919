import { Alert, Select, Textarea } from '@mantine/core';
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

/** Seconds that a command may wait for its charger; 0: not at all. The API takes up to thirty days. */
const WAITS = ['0', '600', '3600', '86400', '604800', '2592000'] as const;
/** What is not to wait for its charger may still wait for its turn. */
const TURN_S = 600;

const exampleOf = (kind: CommandKind): string => JSON.stringify(EXAMPLES[kind], null, 2);

/** Any command there is, its fields as JSON: for those who know the protocol. */
export function CommandForm({ charger, close }: CommandFormProps) {
  const { t } = useWords();
  const client = useQueryClient();
  const [kind, setKind] = useState<CommandKind>('get-variables');
  const [text, setText] = useState(() => exampleOf('get-variables'));
  const [waits, setWaits] = useState<(typeof WAITS)[number]>('3600');
  const fields = fieldsFrom(text);
  const body =
    fields === null
      ? null
      : {
          command: { ...fields, kind },
          whenAbsent: waits === '0' ? 'refuse' : 'wait',
          waitSeconds: waits === '0' ? TURN_S : Number(waits),
        };
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
          <Select
            label={t('command.waits')}
            data={WAITS.map((seconds) => ({ value: seconds, label: t(`command.waits.${seconds}`) }))}
            value={waits}
            onChange={(next) => setWaits(WAITS.find((one) => one === next) ?? waits)}
            allowDeselect={false}
          />
          {INTERRUPTS.has(kind) && <Alert color="red">{t('command.interrupts', { charger: charger.label })}</Alert>}
        </>
      )}
    </FormDialog>
  );
}
