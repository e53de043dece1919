/* oxlint-disable jsx-a11y/no-redundant-roles, jsx-a11y/no-interactive-element-to-noninteractive-role --
 * as cards on a phone (display: block) a table would lose the roles it has by nature, so they are said again. */
import { Button, UnstyledButton } from '@mantine/core';
import { IconArrowDown, IconArrowUp, IconDownload } from '@tabler/icons-react';
import { useMemo, useState, type ReactNode } from 'react';

import { useWords } from '../texts/language.js';
import { toCsv } from '../wording/csv.js';

import classes from './data-table.module.css';

export interface Column<Row> {
  readonly id: string;
  readonly header: string;
  readonly render: (row: Row) => ReactNode;
  /** What rows are ordered by; none: this column does not sort. */
  readonly sort?: (row: Row) => string | number;
  /** What the exported file says; none: left out of it. */
  readonly plain?: (row: Row) => string | number | null;
  readonly align?: 'right';
  /** On a phone: the card's own head, tools in its corner, or nothing at all. Empty cells are left out there. */
  readonly card?: 'head' | 'corner' | 'hide';
}

interface DataTableProps<Row> {
  /** What the table holds, for those who do not see it. */
  readonly label: string;
  readonly rows: readonly Row[];
  readonly columns: readonly Column<Row>[];
  readonly rowKey: (row: Row) => string;
  readonly testId?: string;
}

type Order = { readonly id: string; readonly down: boolean } | null;

function compare(a: string | number, b: string | number): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  return String(a).localeCompare(String(b), 'pt', { numeric: true });
}

/** A table one can sort; on a phone each row is a card. */
export function DataTable<Row>({ label, rows, columns, rowKey, testId }: DataTableProps<Row>) {
  const [order, setOrder] = useState<Order>(null);
  const shown = useMemo(() => {
    const sort = columns.find((column) => column.id === order?.id)?.sort;
    if (order === null || sort === undefined) return rows;
    return [...rows].sort((a, b) => compare(sort(a), sort(b)) * (order.down ? -1 : 1));
  }, [rows, columns, order]);

  const turn = (id: string): void =>
    setOrder((now) => (now?.id !== id ? { id, down: false } : now.down ? null : { id, down: true }));

  return (
    <div className={classes.frame}>
      <table className={classes.table} role="table" aria-label={label} data-testid={testId}>
        <thead role="rowgroup">
          <tr role="row">
            {columns.map((column) => (
              <HeadCell key={column.id} column={column} order={order} turn={turn} />
            ))}
          </tr>
        </thead>
        <tbody role="rowgroup">
          {shown.map((row) => (
            <tr key={rowKey(row)} role="row">
              {columns.map((column) => (
                <td
                  key={column.id}
                  role="cell"
                  data-label={column.header}
                  data-align={column.align}
                  data-card={column.card}
                >
                  <div className={classes.cell}>{column.render(row)}</div>
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

interface HeadCellProps<Row> {
  readonly column: Column<Row>;
  readonly order: Order;
  readonly turn: (id: string) => void;
}

function HeadCell<Row>({ column, order, turn }: HeadCellProps<Row>) {
  const { t } = useWords();
  const sorted = order?.id === column.id;
  const direction = !sorted ? 'none' : order.down ? 'descending' : 'ascending';
  return (
    <th
      scope="col"
      role="columnheader"
      data-align={column.align}
      {...(column.sort !== undefined && { 'aria-sort': direction })}
    >
      {column.sort === undefined ? (
        column.header
      ) : (
        <UnstyledButton
          className={classes.sort ?? ''}
          aria-label={t('app.sort-by', { column: column.header })}
          onClick={() => turn(column.id)}
        >
          {column.header}
          {sorted && (order.down ? <IconArrowDown size={14} aria-hidden /> : <IconArrowUp size={14} aria-hidden />)}
        </UnstyledButton>
      )}
    </th>
  );
}

interface ExportButtonProps<Row> {
  readonly fileName: string;
  readonly rows: readonly Row[];
  readonly columns: readonly Column<Row>[];
}

/** What is on screen, as a file. */
export function ExportButton<Row>({ fileName, rows, columns }: ExportButtonProps<Row>) {
  const { t } = useWords();
  const save = (): void => {
    const kept = columns.filter((column) => column.plain !== undefined);
    const text = toCsv(
      kept.map((column) => column.header),
      rows.map((row) => kept.map((column) => column.plain?.(row) ?? null)),
    );
    const url = URL.createObjectURL(new Blob([text], { type: 'text/csv;charset=utf-8' }));
    const link = document.createElement('a');
    link.href = url;
    link.download = fileName;
    link.click();
    URL.revokeObjectURL(url);
  };
  return (
    <Button
      variant="default"
      size="xs"
      leftSection={<IconDownload size={15} aria-hidden />}
      onClick={save}
      disabled={rows.length === 0}
    >
      {t('app.export')}
    </Button>
  );
}
