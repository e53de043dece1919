import { defineEntity, p } from '@mikro-orm/core';

import { FiscalDocument } from '../invoicing/document.entity.js';
import { Customer, Installation } from '../registry/registry.entity.js';

/** Chasing one unpaid invoice. Its workflow is `arrears/<document>`. */
export const ArrearsCase = defineEntity({
  name: 'ArrearsCase',
  tableName: 'arrears_case',
  properties: {
    document: () => p.manyToOne(FiscalDocument).mapToPk().primary(),
    installation: () => p.manyToOne(Installation).mapToPk(),
    customer: () => p.manyToOne(Customer).mapToPk(),
    /** why it is unpaid: a failure code, no-mandate, prepaid-too-low, not-paid, disputed */
    cause: p.text(),
    /** a stage of workflows/arrears/messages.ts */
    stage: p.text(),
    stageSince: p.datetime(3),
    nextStage: p.text().nullable(),
    nextActionAt: p.datetime(3).nullable(),
    pausedReason: p.text().nullable(),
    openedAt: p.datetime(3),
    closedAt: p.datetime(3).nullable(),
    /** settled, written-off, handed-over, waived, suspension-proposed (cases before 2026-12); null while it runs */
    outcome: p.text().nullable(),
    workflowId: p.text(),
    /** The end that people gave it, before its workflow heard of it: written-off or handed-over. */
    ending: p.text().nullable(),
    /** Lei 23/96 art. 10.º: the claim lapses; from the end of the service period. */
    claimLapsesAt: p.datetime(3).nullable(),
    lapseWarnedAt: p.datetime(3).nullable(),
    /** What it needs of a person today, besides what is parked or paused. */
    needs: p.array<string>().default([]),
  },
  indexes: [
    { name: 'arrears_case_installation_index', properties: ['installation', 'closedAt'] },
    { name: 'arrears_case_customer_index', properties: ['customer'] },
  ],
});

export const ArrearsStep = defineEntity({
  name: 'ArrearsStep',
  tableName: 'arrears_step',
  properties: {
    document: () => p.manyToOne(ArrearsCase).mapToPk().primary().fieldName('document_id'),
    stage: p.text().primary(),
    at: p.datetime(3),
    dueCents: p.bigint('number'),
    detail: p.json<Record<string, unknown>>(),
  },
});
