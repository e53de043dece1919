import { ArrearsCase, ArrearsStep } from '../arrears/arrears.entity.js';
import { ApiToken, AppUser, AuditEntry, IdempotencyRecord, UserSession } from '../identity/identity.entity.js';
import { DocumentLine, DocumentSeries, FiscalDocument } from '../invoicing/document.entity.js';
import { JournalEntry, LedgerAccount, Posting } from '../ledger/ledger.entity.js';
import {
  ChargingTransaction,
  ConnectionRefusal,
  ConnectorState,
  MeterReading,
  OcppMessage,
  Oddity,
} from '../metering/metering.entity.js';
import { Mail } from '../notifications/mail.entity.js';
import { Collection, Mandate, PaymentAttempt, WebhookEvent } from '../payments/payment.entity.js';
import { Anomaly, BillingCycle, RatedLine } from '../rating/billing-cycle.entity.js';
import {
  Charger,
  ChargerPlacement,
  Circuit,
  Condominium,
  Customer,
  Installation,
  InstallationPolicyRow,
  Issuer,
  Occupancy,
  Spot,
  Token,
  Unit,
} from '../registry/registry.entity.js';
import { BandPrice, PricePlan } from '../tariff/price-plan.entity.js';
import { StoredFile } from './stored-file.entity.js';

/** Every table, in the order of the kilowatt-hour. The one place where all libs meet. */
export const ENTITIES = [
  Issuer,
  Condominium,
  Installation,
  InstallationPolicyRow,
  Circuit,
  Unit,
  Spot,
  Charger,
  ChargerPlacement,
  Customer,
  Occupancy,
  Token,
  OcppMessage,
  ChargingTransaction,
  MeterReading,
  ConnectorState,
  Oddity,
  ConnectionRefusal,
  PricePlan,
  BandPrice,
  BillingCycle,
  RatedLine,
  Anomaly,
  DocumentSeries,
  FiscalDocument,
  DocumentLine,
  LedgerAccount,
  JournalEntry,
  Posting,
  Mandate,
  Collection,
  PaymentAttempt,
  WebhookEvent,
  ArrearsCase,
  ArrearsStep,
  Mail,
  StoredFile,
  AppUser,
  UserSession,
  ApiToken,
  AuditEntry,
  IdempotencyRecord,
] as const;
