import { Stack, Text, ThemeIcon, Title } from '@mantine/core';
import type { IconBolt } from '@tabler/icons-react';
import type { ReactNode } from 'react';

interface EmptyStateProps {
  readonly icon: typeof IconBolt;
  readonly title: string;
  /** What to do about it. */
  readonly help: string;
  readonly children?: ReactNode;
}

export function EmptyState({ icon: Icon, title, help, children }: EmptyStateProps) {
  return (
    <Stack align="center" gap={6} py={48} px="md" ta="center">
      <ThemeIcon variant="light" size={52} radius="xl" mb="xs" aria-hidden>
        <Icon size={26} stroke={1.6} />
      </ThemeIcon>
      <Title order={2}>{title}</Title>
      <Text c="dimmed" size="sm" maw={440}>
        {help}
      </Text>
      {children}
    </Stack>
  );
}
