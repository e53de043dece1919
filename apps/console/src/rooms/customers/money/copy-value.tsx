import { ActionIcon, CopyButton, Tooltip } from '@mantine/core';
import { IconCheck, IconCopy } from '@tabler/icons-react';

import { useWords } from '../../../texts/language.js';

import classes from './money.module.css';

interface CopyValueProps {
  readonly label: string;
  /** As it is read. */
  readonly shown: string;
  /** As it is copied; as shown when left out. */
  readonly value?: string;
}

/** A figure that is typed in elsewhere, with a button that copies it. */
export function CopyValue({ label, shown, value = shown }: CopyValueProps) {
  const { t } = useWords();
  return (
    <div className={classes.copy}>
      <dt>{label}</dt>
      <dd>
        <span>{shown}</span>
        <CopyButton value={value} timeout={2_000}>
          {({ copied, copy }) => (
            <Tooltip label={t(copied ? 'my-money.copied' : 'my-money.copy')}>
              <ActionIcon variant="subtle" onClick={copy} aria-label={t('my-money.copy.of', { what: label })} size="lg">
                {copied ? <IconCheck size={18} aria-hidden /> : <IconCopy size={18} aria-hidden />}
              </ActionIcon>
            </Tooltip>
          )}
        </CopyButton>
      </dd>
    </div>
  );
}

/** `PT50 0027 0000 …`: as it is printed and read out. */
export const inFours = (text: string): string => text.replaceAll(/(.{4})(?=.)/g, '$1\u00a0');

/** `123 456 789`: as cash machines show it. */
export const inThrees = (text: string): string => text.replaceAll(/(.{3})(?=.)/g, '$1\u00a0');
