import { Module, type DynamicModule } from '@nestjs/common';
import { APP_FILTER, APP_GUARD, APP_INTERCEPTOR, APP_PIPE, NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import type { OpenAPIObject } from '@nestjs/swagger';
import express, { type ErrorRequestHandler, type Handler } from 'express';
import helmet from 'helmet';
import type { Logger } from 'pino';

import { AdjustmentsController } from './adjustments.controller.js';
import { ArchivesController } from './archives.controller.js';
import { ArrearsCasesController } from './arrears-cases.controller.js';
import { ArrearsController } from './arrears.controller.js';
import { AuthenticationGuard } from './authentication.guard.js';
import { authenticate } from './authentication.js';
import { BankController } from './bank.controller.js';
import { BillsController } from './bills.controller.js';
import { CalendarsController } from './calendars.controller.js';
import { CardsController } from './cards.controller.js';
import { CertificatesController } from './certificates.controller.js';
import { ChargerClockController } from './charger-clock.controller.js';
import { ChargerFramesController } from './charger-frames.controller.js';
import { ChargersController } from './chargers.controller.js';
import { CheckoutsController } from './checkouts.controller.js';
import { CircuitsController } from './circuits.controller.js';
import { CollectionsController } from './collections.controller.js';
import { consoleFiles } from './console-files.js';
import { CustomersController } from './customers.controller.js';
import { DebtsController } from './debts.controller.js';
import { DocumentsController } from './documents.controller.js';
import { EnrolmentController } from './enrolment.controller.js';
import { ExplanationsController } from './explanations.controller.js';
import { FilesController } from './files.controller.js';
import { HealthController } from './health.controller.js';
import { IdempotencyInterceptor } from './idempotency.interceptor.js';
import { ImportsController } from './imports.controller.js';
import { InstallationsController } from './installations.controller.js';
import { LedgerController } from './ledger.controller.js';
import { LiveAdapter, LiveGateway } from './live.gateway.js';
import { MailsController } from './mails.controller.js';
import { measureRequests } from './metrics.js';
import { MoneyController } from './money.controller.js';
import { MonthsController } from './months.controller.js';
import { NestLog } from './nest-log.js';
import { OdditiesController } from './oddities.controller.js';
import { openApi } from './open-api.js';
import { PayoutPoliciesController } from './payout-policies.controller.js';
import { PayoutsController } from './payouts.controller.js';
import { PrepaidController } from './prepaid.controller.js';
import { PriceSeriesController } from './price-series.controller.js';
import { ProblemFilter } from './problem.filter.js';
import { Problem } from './problem.js';
import { ReadingsController } from './readings.controller.js';
import { RefundsController } from './refunds.controller.js';
import { limitRequests } from './request-limit.js';
import { logRequests } from './request-log.js';
import { SaftController } from './saft.controller.js';
import { SecurityController } from './security.controller.js';
import { SepaMandatesController } from './sepa-mandates.controller.js';
import { SepaController } from './sepa.controller.js';
import { SeriesController } from './series.controller.js';
import { SessionController } from './session.controller.js';
import { StatementsController } from './statements.controller.js';
import { SystemController } from './system.controller.js';
import { TariffsController } from './tariffs.controller.js';
import { TemplatesController } from './templates.controller.js';
import { BACKOFFICE, type Backoffice } from './tokens.js';
import { ValidationPipe } from './validation.pipe.js';
import { WebhooksController } from './webhooks.controller.js';

const LARGEST_BODY = '1mb';
/** A year of quarter-hourly prices as Excel, in base64. */
const LARGEST_IMPORT = '12mb';

const CONTROLLERS = [
  SessionController,
  InstallationsController,
  ChargersController,
  CardsController,
  ChargerClockController,
  ChargerFramesController,
  CircuitsController,
  SecurityController,
  CertificatesController,
  EnrolmentController,
  OdditiesController,
  ReadingsController,
  // Before the months: they take any last part of an address for a command.
  BillsController,
  ArchivesController,
  AdjustmentsController,
  MonthsController,
  CollectionsController,
  CheckoutsController,
  // Before the commands, which take any last part of an address for one.
  ArrearsCasesController,
  BankController,
  SepaController,
  SepaMandatesController,
  ArrearsController,
  LedgerController,
  SeriesController,
  DebtsController,
  DocumentsController,
  PayoutsController,
  PayoutPoliciesController,
  CustomersController,
  PrepaidController,
  RefundsController,
  ExplanationsController,
  TariffsController,
  CalendarsController,
  PriceSeriesController,
  ImportsController,
  TemplatesController,
  MoneyController,
  StatementsController,
  MailsController,
  FilesController,
  SaftController,
  SystemController,
  WebhooksController,
  HealthController,
];

@Module({})
class BackofficeModule {
  static with(backoffice: Backoffice, log: Logger): DynamicModule {
    return {
      module: BackofficeModule,
      controllers: CONTROLLERS,
      providers: [
        { provide: BACKOFFICE, useValue: backoffice },
        { provide: APP_GUARD, useClass: AuthenticationGuard },
        { provide: APP_PIPE, useClass: ValidationPipe },
        { provide: APP_INTERCEPTOR, useClass: IdempotencyInterceptor },
        { provide: APP_FILTER, useValue: new ProblemFilter(log) },
        LiveGateway,
      ],
    };
  }
}

/** The console is of our own origin; Mantine writes style elements. */
const contentSecurityPolicy = {
  useDefaults: false,
  directives: {
    defaultSrc: ["'self'"],
    scriptSrc: ["'self'"],
    styleSrc: ["'self'", "'unsafe-inline'"],
    imgSrc: ["'self'", 'data:'],
    fontSrc: ["'self'"],
    connectSrc: ["'self'"],
    objectSrc: ["'none'"],
    baseUri: ["'none'"],
    formAction: ["'self'"],
    frameAncestors: ["'none'"],
  },
};

/** JSON is the only thing the API reads. */
const onlyJson: Handler = (request, _response, next) => {
  const hasBody = request.headers['transfer-encoding'] !== undefined || Number(request.headers['content-length']) > 0;
  if (!hasBody || request.is('application/json') !== false) next();
  else next(new Problem(415, 'unsupported-media-type', 'Unsupported media type', 'Send application/json.'));
};

/** Answers of the API hold what one person may see. */
const keepPrivate: Handler = (_request, response, next) => {
  response.setHeader('cache-control', 'no-store');
  next();
};

/** A large body is read only from somebody who is known. */
const onlySignedIn =
  (backoffice: Backoffice): Handler =>
  async (request, _response, next) => {
    const actor = await authenticate(backoffice, request);
    if (actor === null) throw Problem.notSignedIn();
    next();
  };

/** Errors before Nest's own router, in the same words as after it. */
const problemsOf =
  (filter: ProblemFilter): ErrorRequestHandler =>
  (error: unknown, _request, response, _next) =>
    filter.answer(error, response);

/** The whole HTTP and WebSocket side over a given {@link Backoffice}; not yet listening. */
export async function createApp(backoffice: Backoffice, log: Logger): Promise<NestExpressApplication> {
  const app = await NestFactory.create<NestExpressApplication>(BackofficeModule.with(backoffice, log), {
    bodyParser: false,
    logger: new NestLog(log),
    abortOnError: false,
    forceCloseConnections: true,
  });
  app.disable('x-powered-by');
  app.set('trust proxy', 'loopback');
  app.set('query parser', 'simple');
  app.useWebSocketAdapter(new LiveAdapter(app, backoffice));
  app.use(helmet({ contentSecurityPolicy }));
  app.use(logRequests(log), measureRequests());
  app.use('/webhooks', express.raw({ type: () => true, limit: LARGEST_BODY }));
  app.use('/api', limitRequests({ perMinute: backoffice.settings.requestsPerMinute, now: backoffice.now }));
  app.use('/api', keepPrivate, onlyJson);
  app.use(
    ['/api/v1/imports', '/api/v1/bank', '/api/v1/sepa'],
    onlySignedIn(backoffice),
    express.json({ limit: LARGEST_IMPORT, strict: false }),
  );
  app.use('/api', express.json({ limit: LARGEST_BODY, strict: false }));
  let document: OpenAPIObject | undefined;
  app.use('/api/openapi.json', ((_request, response) => {
    document ??= openApi(app);
    response.json(document);
  }) satisfies Handler);
  app.use(problemsOf(new ProblemFilter(log)));
  if (backoffice.consoleFolder !== null) app.use(...consoleFiles(backoffice.consoleFolder));
  return app;
}
