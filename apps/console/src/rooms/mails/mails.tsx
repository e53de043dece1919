import { Alert, Anchor, Badge, Button, Card, Drawer, Group, Select, Stack, Text, UnstyledButton } from '@mantine/core';
import { IconMail, IconPaperclip } from '@tabler/icons-react';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { useSearchParams } from 'react-router';

import type { Mail } from '#apps/backoffice/api-types.js';

import { installationsQuery, mailsQuery } from '../../api/queries.js';
import { fileUrl } from '../../api/request.js';
import { useSession } from '../../app/session.js';
import { DataTable, type Column } from '../../parts/data-table.js';
import { EmptyState } from '../../parts/empty-state.js';
import { ErrorNotice } from '../../parts/error-notice.js';
import { RowsLoading } from '../../parts/loading.js';
import { PageHeader } from '../../parts/page-header.js';
import { useWords } from '../../texts/language.js';
import type { Words } from '../../texts/words.js';
import { maySteer } from '../../wording/month.js';
import { SendAgain } from './send-again.js';

import classes from './mails.module.css';

/** Every message the system wrote, readable as it went out. */
export function Mails() {
  const words = useWords();
  const { t } = words;
  const { user } = useSession();
  const [search, setSearch] = useSearchParams();
  const [open, setOpen] = useState<Mail | null>(null);
  const installation = search.get('installation');
  const installations = useQuery(installationsQuery);
  const list = useInfiniteQuery(mailsQuery({ installation }));
  const zoneOf = useMemo(() => {
    const zones = new Map(installations.data?.map(({ id, timeZone }) => [id, timeZone]));
    return (mail: Mail) => zones.get(mail.installationId ?? '');
  }, [installations.data]);
  const columns = useMemo(() => columnsOf(words, setOpen, zoneOf), [words, zoneOf]);
  const mails = list.data?.pages.flatMap((page) => page.items) ?? [];

  return (
    <>
      <PageHeader title={t('mails.title')} lead={t(maySteer(user.role) ? 'mails.lead' : 'mails.lead.own')}>
        {(installations.data?.length ?? 0) > 1 && (
          <Select
            aria-label={t('months.filter.installation')}
            placeholder={t('months.filter.installation.all')}
            data={(installations.data ?? []).map(({ id, name }) => ({ value: id, label: name }))}
            value={installation}
            onChange={(value) => setSearch(value === null ? {} : { installation: value }, { replace: true })}
            clearable
            searchable
          />
        )}
      </PageHeader>
      {list.isPending && <RowsLoading rows={8} />}
      {list.isError && list.data === undefined && <ErrorNotice error={list.error} retry={() => void list.refetch()} />}
      {list.data !== undefined && (
        <Card>
          {mails.length === 0 ? (
            <EmptyState icon={IconMail} title={t('mails.empty')} help={t('mails.empty.help')} />
          ) : (
            <DataTable
              label={t('mails.title')}
              rows={mails}
              columns={columns}
              rowKey={(mail) => mail.id}
              testId="mails"
            />
          )}
          {list.hasNextPage && (
            <Group justify="center" mt="md">
              <Button variant="default" loading={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
                {t('app.more')}
              </Button>
            </Group>
          )}
        </Card>
      )}
      <Drawer opened={open !== null} onClose={() => setOpen(null)} position="right" size="lg" title={open?.subject}>
        {open !== null && <MailText mail={open} timeZone={zoneOf(open)} />}
      </Drawer>
    </>
  );
}

function MailText({ mail, timeZone }: { readonly mail: Mail; readonly timeZone: string | undefined }) {
  const { t, instant } = useWords();
  const { user } = useSession();
  return (
    <Stack gap="md">
      <Text size="sm" c="dimmed">
        {t('mail.to')}: {mail.recipient}
        <br />
        {mail.sentAt === null ? t('mail.queued') : t('mail.sent.at', { at: instant(mail.sentAt, timeZone) })}
      </Text>
      {mail.lastError !== null && <Alert color="red">{t('mail.failed', { error: mail.lastError })}</Alert>}
      {mail.receipt !== null && (
        <Text size="xs" c="dimmed" data-testid="mail-receipt">
          {t('mail.receipt', { accepted: mail.receipt.accepted.join(', '), response: mail.receipt.response ?? '–' })}
          {mail.receipt.rejected.length > 0 && ` ${t('mail.rejected', { rejected: mail.receipt.rejected.join(', ') })}`}
        </Text>
      )}
      {mail.againOf !== null && (
        <Text size="xs" c="dimmed">
          {t('mail.again.copy')}
        </Text>
      )}
      {mail.maySendAgain && maySteer(user.role) && <SendAgain mail={mail} />}
      <div className={classes.body} data-testid="mail-body">
        {mail.body}
      </div>
      {mail.attachments.map((file) => (
        <Anchor key={file.fileId} href={fileUrl(file.fileId)} download size="sm" className={classes.file}>
          <IconPaperclip size={16} aria-hidden /> {file.fileName}
        </Anchor>
      ))}
    </Stack>
  );
}

function MailStateBadge({ mail }: { readonly mail: Mail }) {
  const { t } = useWords();
  if (mail.sentAt !== null) return <Badge color="mar">{t('mail.sent')}</Badge>;
  return mail.lastError === null ? (
    <Badge color="gray">{t('mail.queued')}</Badge>
  ) : (
    <Badge color="red">{t('mail.failed.short')}</Badge>
  );
}

function columnsOf(
  { t, instant }: Words,
  open: (mail: Mail) => void,
  zoneOf: (mail: Mail) => string | undefined,
): Column<Mail>[] {
  return [
    {
      id: 'subject',
      header: t('mail.subject'),
      render: (mail) => (
        <UnstyledButton
          className={classes.subject ?? ''}
          onClick={() => open(mail)}
          aria-label={t('mail.open', { subject: mail.subject })}
        >
          {mail.subject}
          {mail.attachments.length > 0 && (
            <IconPaperclip size={15} aria-label={t('mail.attachments', { count: mail.attachments.length })} />
          )}
        </UnstyledButton>
      ),
      sort: (mail) => mail.subject,
      card: 'head',
    },
    { id: 'to', header: t('mail.to'), render: (mail) => mail.recipient, sort: (mail) => mail.recipient },
    {
      id: 'created',
      header: t('mail.created'),
      render: (mail) => (
        <span style={{ whiteSpace: 'nowrap' }}>{instant(mail.sentAt ?? mail.createdAt, zoneOf(mail))}</span>
      ),
      sort: (mail) => mail.sentAt ?? mail.createdAt,
    },
    { id: 'state', header: t('mail.state'), render: (mail) => <MailStateBadge mail={mail} /> },
  ];
}
