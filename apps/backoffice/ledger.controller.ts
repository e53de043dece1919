import { Controller, Get, Inject } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';

import { balancesByKind } from '#libs/ledger/account-balances.js';
import { checkBooks } from '#libs/payments/check-books.js';

import { CurrentActor, scopeFor, type Actor } from './actor.js';
import { Answers } from './answers.js';
import { ledgerCheckSchema, ledgerOverviewSchema, type LedgerCheck, type LedgerOverview } from './api-types.js';
import { BACKOFFICE, type Backoffice } from './tokens.js';

const SHOWN_PROBLEMS = 100;

@ApiTags('ledger')
@Controller('api/v1/ledger')
export class LedgerController {
  constructor(@Inject(BACKOFFICE) private readonly backoffice: Backoffice) {}

  @Get()
  @Answers('What is posted and pending on each kind of account', ledgerOverviewSchema)
  async overview(@CurrentActor() actor: Actor): Promise<LedgerOverview> {
    scopeFor(actor, 'ledger.read');
    return { kinds: await balancesByKind(this.backoffice.sql) };
  }

  @Get('check')
  @Answers('Compares all of the books with themselves and with the documents', ledgerCheckSchema)
  async check(@CurrentActor() actor: Actor): Promise<LedgerCheck> {
    scopeFor(actor, 'ledger.read');
    const { balanced, problems } = await checkBooks(this.backoffice.sql);
    return { balanced, problemCount: problems.length, problems: problems.slice(0, SHOWN_PROBLEMS) };
  }
}
