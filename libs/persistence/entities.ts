import {
  Complaint,
  InterestCharge,
  LetterProof,
  PaymentPlan,
  PlanInstalment,
  PlanRequest,
  SuspensionDecision,
} from '../arrears/arrears-facts.entity.js';
import { ArrearsCase, ArrearsStep } from '../arrears/arrears.entity.js';
import { CircuitControl, ConnectorLimitRow, MainMeterReading } from '../circuits/circuit.entity.js';
import { ChargerCommand, ChargerConnection, ChargerProvisioning, ChargerSetting } from '../commands/command.entity.js';
import { ChargerFrame } from '../commands/frame.entity.js';
import { ChargerLocalList } from '../commands/local-list/local-list.entity.js';
import { ApiToken, AppUser, AuditEntry, IdempotencyRecord, UserSession } from '../identity/identity.entity.js';
import {
  ImputedLine,
  ReconciliationLine,
  RetailerInvoice,
  RetailerInvoiceLine,
} from '../imputation/imputation.entity.js';
import { Adjustment, AdjustmentLine } from '../invoicing/adjustment.entity.js';
import { DocumentLine, DocumentSeries, FiscalDocument } from '../invoicing/document.entity.js';
import { FiscalKey } from '../invoicing/fiscal/fiscal-key.entity.js';
import { JournalEntry, LedgerAccount, Posting } from '../ledger/ledger.entity.js';
import { ChargerClock } from '../metering/clock/charger-clock.entity.js';
import {
  ChargingTransaction,
  ConnectionRefusal,
  ConnectorState,
  MeterReading,
  OcppMessage,
  Oddity,
  ReadingCorrection,
  ReadingSeal,
} from '../metering/metering.entity.js';
import { Mail } from '../notifications/mail.entity.js';
import { BankDecision, BankDecisionPart, BankLine, BankStatementRow } from '../payments/bank/bank.entity.js';
import { Checkout, CheckoutDocument } from '../payments/checkout/checkout.entity.js';
import { Collection, Mandate, MandateLink, PaymentAttempt, WebhookEvent } from '../payments/payment.entity.js';
import { Payout, PayoutLine, PayoutPolicyRow, PayoutRound } from '../payments/payout/payout.entity.js';
import { PrepaidSettings, PrepaidWatch, RefundOrder, TopUpOrder } from '../payments/prepaid/prepaid.entity.js';
import {
  ProcessorBalance,
  ProcessorPayout,
  ProcessorTransaction,
} from '../payments/provider-payouts/processor.entity.js';
import { Receipt, ReceiptCancellation, ReceiptLine } from '../payments/receipts/receipt.entity.js';
import { Refund } from '../payments/refunds/refund.entity.js';
import { SessionNotice, SessionWatch } from '../payments/running-sessions/session.entity.js';
import { SepaBatch, SepaCreditor, SepaDebit, SepaMandate } from '../payments/sepa/sepa.entity.js';
import { Anomaly, BillingCycle, RatedLine } from '../rating/billing-cycle.entity.js';
import { Holiday } from '../registry/holiday.entity.js';
import { PaymentMethodChange } from '../registry/payment-method.entity.js';
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
  TokenChange,
  TokenSpot,
  Unit,
  FormerCardHolder,
} from '../registry/registry.entity.js';
import { CustomerSuspension } from '../registry/suspension.entity.js';
import { CertificateAuthority, CertificateRequest, ChargerCertificate, ChargerRoot } from '../security/ca/ca.entity.js';
import { EnrolmentCandidate, EnrolmentFrame, EnrolmentWindow } from '../security/enrolment.entity.js';
import { ChargerPassword } from '../security/security.entity.js';
import { StoredCalendar } from '../tariff/calendar.entity.js';
import { BandPrice, PlanCharge, PricePlan } from '../tariff/price-plan.entity.js';
import { PriceSeries, SeriesValue } from '../tariff/price-series.entity.js';
import { StoredFile } from './stored-file.entity.js';

/** Every table, in the order of the kilowatt-hour. The one place where all libs meet. */
export const ENTITIES = [
  Issuer,
  Condominium,
  Installation,
  InstallationPolicyRow,
  Holiday,
  Circuit,
  Unit,
  Spot,
  Charger,
  ChargerPlacement,
  Customer,
  Occupancy,
  Token,
  TokenSpot,
  TokenChange,
  FormerCardHolder,
  CustomerSuspension,
  PaymentMethodChange,
  ChargerCommand,
  ChargerConnection,
  ChargerSetting,
  ChargerProvisioning,
  ChargerLocalList,
  ChargerPassword,
  CertificateAuthority,
  ChargerCertificate,
  CertificateRequest,
  ChargerRoot,
  EnrolmentWindow,
  EnrolmentCandidate,
  EnrolmentFrame,
  OcppMessage,
  ChargingTransaction,
  MeterReading,
  ConnectorState,
  Oddity,
  ConnectionRefusal,
  ReadingSeal,
  ReadingCorrection,
  ChargerClock,
  ChargerFrame,
  CircuitControl,
  MainMeterReading,
  ConnectorLimitRow,
  StoredCalendar,
  PriceSeries,
  SeriesValue,
  PricePlan,
  BandPrice,
  PlanCharge,
  BillingCycle,
  RatedLine,
  Anomaly,
  RetailerInvoice,
  RetailerInvoiceLine,
  ImputedLine,
  ReconciliationLine,
  DocumentSeries,
  FiscalDocument,
  DocumentLine,
  FiscalKey,
  Adjustment,
  AdjustmentLine,
  LedgerAccount,
  JournalEntry,
  Posting,
  Mandate,
  Collection,
  PaymentAttempt,
  WebhookEvent,
  Receipt,
  ReceiptLine,
  ReceiptCancellation,
  PrepaidSettings,
  PrepaidWatch,
  TopUpOrder,
  RefundOrder,
  SessionWatch,
  SessionNotice,
  PayoutPolicyRow,
  Payout,
  PayoutLine,
  PayoutRound,
  MandateLink,
  Checkout,
  CheckoutDocument,
  Refund,
  ProcessorPayout,
  ProcessorTransaction,
  ProcessorBalance,
  BankStatementRow,
  BankLine,
  BankDecision,
  BankDecisionPart,
  SepaCreditor,
  SepaMandate,
  SepaBatch,
  SepaDebit,
  ArrearsCase,
  ArrearsStep,
  SuspensionDecision,
  Complaint,
  PlanRequest,
  PaymentPlan,
  PlanInstalment,
  InterestCharge,
  LetterProof,
  Mail,
  StoredFile,
  AppUser,
  UserSession,
  ApiToken,
  AuditEntry,
  IdempotencyRecord,
] as const;
