import { join } from 'node:path';

import ts from 'typescript';

import { programFolder } from '#apps/cli/servers/folders.js';

/** Stripe's kinds and the types that stripe-node has for them. */
const TYPES: Readonly<Record<string, string>> = {
  balance: 'Balance',
  balance_transaction: 'BalanceTransaction',
  charge: 'Charge',
  'checkout.session': 'Checkout.Session',
  customer: 'Customer',
  dispute: 'Dispute',
  mandate: 'Mandate',
  payment_intent: 'PaymentIntent',
  payment_method: 'PaymentMethod',
  payout: 'Payout',
  refund: 'Refund',
  setup_intent: 'SetupIntent',
};

export interface SdkFields {
  readonly required: readonly string[];
  readonly all: ReadonlySet<string>;
}

/** The fields of each kind, as the types of the installed stripe-node have them: those of the API version it speaks. */
export function sdkFields(): ReadonlyMap<string, SdkFields> {
  const file = join(programFolder(), 'test/stripe-sandbox/sdk-types-probe.ts');
  const names = Object.entries(TYPES).map(([kind, type]) => `export type ${kind.replace('.', '_')} = Stripe.${type};`);
  const text = ["import type Stripe from 'stripe';", ...names].join('\n');
  const options: ts.CompilerOptions = {
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
    strict: true,
    skipLibCheck: true,
    types: [],
  };
  const host = ts.createCompilerHost(options);
  const { getSourceFile, fileExists } = host;
  host.fileExists = (name) => name === file || fileExists(name);
  host.getSourceFile = (name, ...rest) =>
    name === file ? ts.createSourceFile(name, text, ts.ScriptTarget.ES2022) : getSourceFile(name, ...rest);
  const program = ts.createProgram([file], options, host);
  const checker = program.getTypeChecker();
  const fields = new Map<string, SdkFields>();
  program.getSourceFile(file)?.forEachChild((node) => {
    if (!ts.isTypeAliasDeclaration(node)) return;
    const kind = Object.keys(TYPES).find((one) => one.replace('.', '_') === node.name.text);
    const properties = checker.getTypeAtLocation(node).getProperties();
    const required = properties.filter(({ flags }) => (flags & ts.SymbolFlags.Optional) === 0);
    const nameOf = (property: ts.Symbol) => property.name;
    fields.set(String(kind), { required: required.map(nameOf), all: new Set(properties.map(nameOf)) });
  });
  return fields;
}
