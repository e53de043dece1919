import { Text, Tooltip } from '@mantine/core';
import { IconInfoCircle } from '@tabler/icons-react';
import type { ReactNode } from 'react';

import classes from './figure.module.css';

interface FigureProps {
  readonly label: string;
  readonly value: ReactNode;
  readonly note?: ReactNode;
  readonly help?: string;
  readonly tone?: 'good' | 'warn' | 'bad' | 'plain';
}

/** One number worth a glance. */
export function Figure({ label, value, note, help, tone = 'plain' }: FigureProps) {
  return (
    <div className={classes.figure} data-tone={tone}>
      <dt className={classes.label}>
        {label}
        {help !== undefined && (
          <Tooltip label={help} events={{ hover: true, focus: true, touch: true }}>
            <button type="button" className={classes.help} aria-label={`${label}: ${help}`}>
              <IconInfoCircle size={14} aria-hidden />
            </button>
          </Tooltip>
        )}
      </dt>
      <dd className={classes.value}>{value}</dd>
      {note !== undefined && note !== null && (
        <Text component="dd" size="xs" c="dimmed" m={0}>
          {note}
        </Text>
      )}
    </div>
  );
}

export function Figures({ children }: { readonly children: ReactNode }) {
  return <dl className={classes.figures}>{children}</dl>;
}
