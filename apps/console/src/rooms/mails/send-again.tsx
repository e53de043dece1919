import { Button } from '@mantine/core';
import { IconSend } from '@tabler/icons-react';
import { useQueryClient } from '@tanstack/react-query';

import type { Mail } from '#apps/backoffice/api-types.js';

import { write } from '../../api/request.js';
import { useAsk } from '../../parts/action-dialog.js';
import { useWords } from '../../texts/language.js';

/** Has a mail that went out sent once more, after asking. */
export function SendAgain({ mail }: { readonly mail: Mail }) {
  const { t } = useWords();
  const ask = useAsk();
  const client = useQueryClient();
  return (
    <Button
      variant="default"
      size="xs"
      leftSection={<IconSend size={16} aria-hidden />}
      style={{ alignSelf: 'flex-start' }}
      data-testid="send-again"
      onClick={() =>
        ask({
          title: t('mail.again'),
          body: t('mail.again.ask', { subject: mail.subject }),
          confirm: t('mail.again'),
          done: t('mail.again.done'),
          run: async (_answers, key) => {
            await write('POST', `/mails/${mail.id}/send-again`, {}, key);
            await client.invalidateQueries({ queryKey: ['mails'] });
          },
        })
      }
    >
      {t('mail.again')}
    </Button>
  );
}
