import { createTypeScriptImportResolver } from 'eslint-import-resolver-typescript';
import { importX } from 'eslint-plugin-import-x';
import tseslint from 'typescript-eslint';

/** Folders of core, from the top of the house to its foundation; imports point only downward. */
const coreLayers = [
  ['app.ts'],
  ['training'],
  ['inference'],
  ['loading', 'checkpoint'],
  ['weights'],
  ['model'],
  ['config', 'optim'],
  ['registry'],
  ['components'],
  ['nn'],
  ['ops'],
  ['tensor'],
  ['errors.ts'],
];

const core = './packages/core/src';
const pathOf = (name) => `${core}/${name}`;

/** For every layer: it must not import from any layer above it. */
const layerZones = coreLayers.slice(1).flatMap((layer, index) =>
  layer.map((name) => ({
    target: pathOf(name),
    from: coreLayers
      .slice(0, index + 1)
      .flat()
      .map(pathOf),
    message: 'Imports inside core point only downward; see ARCHITECTURE.md.',
  })),
);

const pluginPackages = ['engines', 'backbones', 'heads', 'losses', 'metrics', 'data', 'callbacks'];

/** What a package may import of segkit, itself aside: plugin packages see @segkit/core, and what is named here. */
const mayImport = {
  core: [],
  'backend-ort': [],
  ...Object.fromEntries(pluginPackages.map((name) => [name, ['core']])),
  engines: ['core', 'backend-ort'],
  callbacks: ['core', 'data'],
};

const packageZones = Object.entries(mayImport).map(([name, imports]) => ({
  target: `./packages/${name}/src`,
  from: [...Object.keys(mayImport), 'segkit']
    .filter((other) => other !== name && !imports.includes(other))
    .map((other) => `./packages/${other}`),
  message: `Of segkit, ${name} imports ${imports.join(' and ') || 'nothing'}; see ARCHITECTURE.md.`,
}));

export default tseslint.config(
  { ignores: ['**/dist/', '**/node_modules/', '**/runs/', 'docs/api/', 'packages/*/bin/'] },
  ...tseslint.configs.strictTypeChecked,
  importX.flatConfigs.typescript,
  {
    languageOptions: {
      parserOptions: {
        project: './tsconfig.source.json',
        tsconfigRootDir: import.meta.dirname,
      },
    },
    plugins: { 'import-x': importX },
    settings: {
      'import-x/resolver-next': [
        createTypeScriptImportResolver({ project: './tsconfig.source.json' }),
      ],
    },
    rules: {
      '@typescript-eslint/no-empty-object-type': ['error', { allowInterfaces: 'always' }],
      '@typescript-eslint/no-unused-vars': ['error', { varsIgnorePattern: '^_' }],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/consistent-type-imports': 'error',
      'import-x/no-cycle': 'error',
      'import-x/no-self-import': 'error',
      'import-x/no-restricted-paths': ['error', { zones: [...layerZones, ...packageZones] }],
      'import-x/no-relative-packages': 'error',
    },
  },
  {
    files: ['packages/*/src/**/*.ts'],
    ignores: ['**/*.test.ts', '**/*.test-support.ts'],
    rules: {
      'import-x/no-extraneous-dependencies': ['error', { devDependencies: false }],
      'import-x/no-default-export': 'error',
    },
  },
  {
    files: ['packages/core/src/**/*.ts'],
    ignores: ['packages/core/src/app.ts'],
    rules: {
      'no-restricted-imports': [
        'error',
        { paths: [{ name: 'tsyringe', message: 'Only app.ts touches the container.' }] },
      ],
    },
  },
  {
    files: ['packages/core/src/**/*.ts'],
    ignores: ['packages/core/src/app.ts', 'packages/core/src/training/**'],
    rules: {
      'no-restricted-imports': [
        'error',
        {
          paths: [
            { name: 'rxjs', message: 'Only training/ touches RxJS.' },
            { name: 'tsyringe', message: 'Only app.ts touches the container.' },
          ],
        },
      ],
    },
  },
  { files: ['**/*.js'], ...tseslint.configs.disableTypeChecked },
  {
    files: ['**/*.test.ts', '**/*.test-support.ts', 'test/**'],
    rules: {
      '@typescript-eslint/no-non-null-assertion': 'off',
      // A test may compose what the layers keep apart.
      'import-x/no-restricted-paths': 'off',
    },
  },
);
