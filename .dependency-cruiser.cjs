/** The way of a kilowatt-hour: a step knows only the steps before it (docs/decisions/0002-boundaries.md). */
const STEPS = [
  'persistence',
  'registry',
  'ocpp',
  'commands',
  'security',
  'metering',
  'circuits',
  'tariff',
  'rating',
  'imputation',
  'invoicing',
  'ledger',
  'payments',
  'arrears',
  'notifications',
  'reporting',
  'auditing',
  'support',
  'identity',
];

/** Side rooms: only entities of the registry and files; nobody in the row may know them but what is named here. */
const stepRules = STEPS.map((step, index) => ({
  name: `libs-${step}-knows-only-what-comes-before`,
  severity: 'error',
  comment: `libs/${step} may import only ${STEPS.slice(0, index).join(', ') || 'no other lib'}`,
  from: { path: `^libs/${step}/`, pathNot: '(^libs/persistence/(entities|database)\\.ts$|\\.test\\.ts$)' },
  to: { path: `^libs/(${STEPS.slice(index + 1).join('|') || '-'})/` },
}));

module.exports = {
  forbidden: [
    ...stepRules,
    {
      name: 'no-cycles',
      severity: 'error',
      from: { pathNot: '\\.entity\\.ts$' },
      to: { circular: true, viaOnly: { pathNot: '(\\.entity\\.ts|libs/persistence/(entities|database)\\.ts)$' } },
    },
    {
      name: 'libs-know-no-app',
      severity: 'error',
      from: { path: '^libs/' },
      to: { path: '^(apps|workflows|temporal)/' },
    },
    {
      name: 'workflows-are-pure',
      severity: 'error',
      comment: 'Workflow code runs in the deterministic sandbox: it sees activities only as types.',
      from: { path: '^workflows/', pathNot: '\\.test\\.ts$' },
      to: { path: '^(apps|libs|temporal|test)/', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'apps-know-no-other-app',
      severity: 'error',
      from: { path: '^apps/([^/]+)/', pathNot: '\\.test\\.ts$' },
      to: { path: '^apps/(?!cli/servers/)([^/]+)/', pathNot: '^apps/$1/' },
    },
    {
      name: 'production-knows-no-test',
      severity: 'error',
      from: { path: '^(apps|libs|workflows|temporal)/', pathNot: '\\.test\\.ts$' },
      to: { path: '^test/' },
    },
    { name: 'nothing-unresolved', severity: 'error', from: {}, to: { couldNotResolve: true } },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^dist/|^apps/console/)' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      conditionNames: ['source', 'import', 'require', 'node', 'default'],
      exportsFields: ['exports'],
      extensions: ['.ts', '.js', '.mjs', '.json'],
    },
  },
};
