import { defineConfig, type OxlintOverride } from 'oxlint'

/** Folders of agent-host, from the top: each may import only those before it. `host.ts` alone wires them together. */
const layers = [
  'core',
  'config',
  'dialects',
  'backend',
  'mcp',
  'catalog',
  'agent',
  'doctor',
  'proxy',
  'files',
  'redis',
  'postgres',
  'sessions',
  'runs',
  'knowledge',
  'transports',
]

const downward = layers.map<OxlintOverride>((layer, depth) => ({
  files: [`packages/agent-host/src/${layer}/**`],
  rules: {
    'no-restricted-imports': [
      'error',
      {
        patterns: [
          {
            group: [...layers.slice(depth + 1).map((below) => `**/${below}/**`), '**/host.ts', '**/cli.ts'],
            message: `${layer}/ may import only from the layers above it.`,
          },
        ],
      },
    ],
  },
}))

export default defineConfig({
  plugins: ['typescript', 'import', 'unicorn', 'promise', 'node', 'vitest'],
  options: { typeAware: true },
  categories: { correctness: 'error', suspicious: 'error', perf: 'error' },
  rules: {
    'import/no-cycle': 'error',
    'typescript/no-explicit-any': 'error',
    'typescript/no-non-null-assertion': 'error',
    'typescript/consistent-type-imports': 'error',
    'typescript/no-floating-promises': 'error',
    'typescript/no-misused-promises': 'error',
    'typescript/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
    'typescript/only-throw-error': 'error',
    'no-unused-vars': 'error',
    'no-console': 'error',
    'max-lines': ['error', { max: 300, skipBlankLines: true, skipComments: true }],
    'max-lines-per-function': ['error', { max: 60, skipBlankLines: true, skipComments: true }],
    // Turns are read one after another, and each step waits for the one before: that is the design.
    'no-await-in-loop': 'off',
    // Tables typed once lose their key types in `Object.entries`; edges are validated with zod instead.
    'typescript/no-unsafe-type-assertion': 'off',
    // The MCP SDK's clients have `onclose`, not events; tsc already checks that every path of a function returns.
    'unicorn/prefer-add-event-listener': 'off',
    'typescript/consistent-return': 'off',
    // Our objects are closures: their functions never read `this`.
    'typescript/unbound-method': 'off',
    // `fc.property` reads better than a dozen bare names.
    'import/no-named-as-default-member': 'off',
  },
  overrides: [
    ...downward,
    {
      files: ['**/test/**', '**/bench/**', 'examples/**'],
      rules: { 'no-console': 'off', 'max-lines-per-function': 'off' },
    },
  ],
  ignorePatterns: ['**/dist/**', '**/fixtures/**'],
})
