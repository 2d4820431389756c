import { defineConfig } from 'eslint/config';
import importX from 'eslint-plugin-import-x';
import vue from 'eslint-plugin-vue';
import tseslint from 'typescript-eslint';
import { vueScriptParser } from './scripts/vue-script-parser.ts';

/** The floors of core/, from the ground up (see README, "The house"). An import never climbs. */
const floors = [
  ['base'],
  ['contract'],
  ['library', 'engine', 'datasets'],
  ['simgan'],
  ['estimators'],
  ['evaluation'],
  ['jobs'],
  ['studio'],
  ['host'],
];

const roomsAbove = (floor: number): string[] => floors.slice(floor + 1).flat();

/**
 * A room may import from its own floor's own folder and from the floors below; never from a neighbour or above, and from
 * none of the `outside` folders.
 */
const bordersWith = (outside: readonly string[]) =>
  floors.flatMap((rooms, floor) =>
    rooms.map((room) => ({
      target: `./core/${room}`,
      from: [
        ...[...roomsAbove(floor), ...rooms.filter((other) => other !== room)].map(
          (other) => `./core/${other}`,
        ),
        ...outside,
      ],
      message: `core/${room} may import only from floors below it.`,
    })),
  );

/** The window knows the contract and nothing else of the core; see renderer/studio.ts. */
const windowBorders = [
  {
    target: './renderer',
    from: ['./core', './electron', './test'],
    except: ['./contract'],
    message: 'renderer/ may import only core/contract of the core.',
  },
];

/** The catalogue of actions is one list, in order; its parts are nobody's business but its own. */
const partsOfTheCatalogue = {
  regex: 'contract/actions/',
  message: 'Import the catalogue from core/contract/actions.ts.',
};

export default defineConfig(
  {
    ignores: [
      'dist',
      'out',
      'coverage',
      '**/*.simgan',
      'core/host/simgan.cjs',
      'node_modules',
      'test/support/electron/{compat,default-app}',
    ],
  },
  tseslint.configs.strictTypeChecked,
  tseslint.configs.stylisticTypeChecked,
  {
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    plugins: { 'import-x': importX },
    rules: {
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        { allowNumber: true, allowBoolean: true },
      ],
      '@typescript-eslint/consistent-type-definitions': ['error', 'interface'],
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      // There are no enums (see erasableSyntaxOnly in tsconfig.json), and looking for them takes minutes.
      '@typescript-eslint/no-unsafe-enum-assignment': 'off',
      // Wrong wherever an index may miss, as noUncheckedIndexedAccess is off (see tsconfig.json).
      '@typescript-eslint/no-unnecessary-condition': 'off',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_' }],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      'import-x/no-restricted-paths': [
        'error',
        { zones: bordersWith(['./electron', './renderer', './test']) },
      ],
      'import-x/no-cycle': 'error',
      'no-restricted-imports': [
        'error',
        {
          paths: [{ name: 'electron', message: 'Only electron/ may import electron.' }],
          patterns: [partsOfTheCatalogue],
        },
      ],
      eqeqeq: 'error',
    },
    settings: { 'import-x/extensions': ['.ts'] },
  },
  {
    // The shell, and nothing but the shell, knows Electron; it stands above the whole core and beside the window.
    files: ['electron/**/*.ts'],
    rules: {
      'no-restricted-imports': ['error', { patterns: [partsOfTheCatalogue] }],
      'import-x/no-restricted-paths': [
        'error',
        {
          zones: [
            { target: './electron', from: ['./renderer'], message: 'The shell serves the built window.' },
          ],
        },
      ],
    },
  },
  {
    files: ['renderer/**/*.vue', 'renderer/**/*.ts'],
    extends: [vue.configs['flat/recommended']],
    languageOptions: {
      parserOptions: {
        parser: vueScriptParser,
        projectService: true,
        extraFileExtensions: ['.vue'],
        tsconfigRootDir: import.meta.dirname,
      },
    },
    rules: {
      'import-x/no-restricted-paths': ['error', { zones: windowBorders }],
      'vue/block-lang': ['error', { script: { lang: 'ts' } }],
      'vue/component-api-style': ['error', ['script-setup']],
      'vue/define-macros-order': 'error',
      'vue/no-unused-refs': 'error',
      // The formatter's.
      'vue/html-self-closing': 'off',
      'vue/html-indent': 'off',
      'vue/html-closing-bracket-newline': 'off',
      'vue/max-attributes-per-line': 'off',
      'vue/singleline-html-element-content-newline': 'off',
      'vue/multiline-html-element-content-newline': 'off',
      // TypeScript says which props may be left out.
      'vue/require-default-prop': 'off',
      // Defaults of props, as Vue has them.
      '@typescript-eslint/no-useless-default-assignment': 'off',
      // vue-tsc judges what templates do with types.
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
      // The window has no classes to be taken for each other, and looking for them takes minutes in types as large as its.
      '@typescript-eslint/no-unsafe-class-instance-assignment': 'off',
    },
  },
  {
    // Only tests know the references and builders of test/.
    files: ['core/**/*.test.ts'],
    rules: {
      'import-x/no-restricted-paths': ['error', { zones: bordersWith(['./electron', './renderer']) }],
    },
  },
);
