import { Anchor, Modal, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';

import { documentQuery } from '../../../api/queries.js';
import { fileUrl } from '../../../api/request.js';
import { ErrorNotice } from '../../../parts/error-notice.js';
import { RowsLoading } from '../../../parts/loading.js';
import { useWords } from '../../../texts/language.js';

interface DocumentFilesProps {
  /** null: none is open. */
  readonly documentId: string | null;
  readonly close: () => void;
}

/** An invoice or credit note and its receipts, to download. */
export function DocumentFiles({ documentId, close }: DocumentFilesProps) {
  const { t } = useWords();
  return (
    <Modal opened={documentId !== null} onClose={close} title={<Text fw={650}>{t('statement.document')}</Text>}>
      {documentId !== null && <Files documentId={documentId} />}
    </Modal>
  );
}

function Files({ documentId }: { readonly documentId: string }) {
  const { t, money, day } = useWords();
  const document = useQuery(documentQuery(documentId));
  if (document.data === undefined) {
    if (document.isError) return <ErrorNotice error={document.error} retry={() => void document.refetch()} />;
    return <RowsLoading rows={2} height={40} />;
  }
  const { number, grossCents, currency, pdfFileId, receipts } = document.data;
  return (
    <Stack gap="sm">
      <FileLine name={`${number} · ${money(grossCents, currency)}`} fileId={pdfFileId} />
      {receipts.map((receipt) => (
        <FileLine
          key={receipt.number}
          name={t('statement.receipt', {
            number: receipt.number,
            amount: money(receipt.amountCents, currency),
            date: day(receipt.paidOn),
          })}
          fileId={receipt.pdfFileId}
        />
      ))}
    </Stack>
  );
}

function FileLine({ name, fileId }: { readonly name: string; readonly fileId: string | null }) {
  const { t } = useWords();
  if (fileId === null) return <Text size="sm">{t('statement.no-file', { name })}</Text>;
  return (
    <Anchor href={fileUrl(fileId)} size="sm" download>
      {t('statement.pdf', { name })}
    </Anchor>
  );
}
