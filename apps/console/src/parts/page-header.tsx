import { Anchor, Group, Text, Title } from '@mantine/core';
import { IconChevronLeft } from '@tabler/icons-react';
import { useEffect, type ReactNode } from 'react';
import { Link } from 'react-router';

interface PageHeaderProps {
  readonly title: string;
  readonly lead?: ReactNode;
  readonly badge?: ReactNode;
  /** The room one came from. */
  readonly up?: { readonly to: string; readonly label: string };
  /** What can be done here, at the right. */
  readonly children?: ReactNode;
}

/** The name of the room, also in the browser's tab. */
export function PageHeader({ title, lead, badge, up, children }: PageHeaderProps) {
  useEffect(() => {
    document.title = `${title} · ChaZeMo`;
  }, [title]);
  return (
    <header style={{ marginBottom: 20 }}>
      {up !== undefined && (
        <Anchor
          component={Link}
          to={up.to}
          size="sm"
          mb={6}
          display="inline-flex"
          style={{ alignItems: 'center', gap: 2 }}
        >
          <IconChevronLeft size={16} aria-hidden />
          {up.label}
        </Anchor>
      )}
      <Group justify="space-between" align="flex-end" gap="md">
        <div>
          <Group gap="sm" align="center">
            <Title order={1}>{title}</Title>
            {badge}
          </Group>
          {lead !== undefined && (
            <Text c="dimmed" size="sm" mt={4} component="div">
              {lead}
            </Text>
          )}
        </div>
        {children !== undefined && <Group gap="xs">{children}</Group>}
      </Group>
    </header>
  );
}
