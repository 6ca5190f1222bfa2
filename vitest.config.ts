// Three kinds of tests: `unit` and `e2e` (browsers and real servers, one after the other) run on each change; `release`
// holds the browser cases and the long runs of `npm run test:release`.
import { defineConfig } from 'vitest/config';

/** Whole meetings as values, and readers of a stranger's bytes: without a server or a browser. */
const IN_NODE = ['e2e/sim', 'e2e/fuzz'];
const UNIT_FOLDERS = [
  'protocol',
  'crypto',
  'server',
  'web',
  'controls',
  'tools',
  'bench',
  ...IN_NODE,
];
const CODE = '**/*.test.{ts,tsx,mjs}';
const RELEASE = '**/*.release.test.ts';

export default defineConfig({
  test: {
    // Two workers at most: machines that test this often have two cores, and more only makes time limits lie.
    maxWorkers: 2,
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: UNIT_FOLDERS.map((folder) => `${folder}/${CODE}`),
          exclude: ['**/node_modules/**', RELEASE],
          testTimeout: 60_000,
          hookTimeout: 120_000,
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        test: {
          name: 'e2e',
          include: ['e2e/**/*.test.ts'],
          exclude: ['**/node_modules/**', ...IN_NODE.map((folder) => `${folder}/**`), RELEASE],
          fileParallelism: false,
          testTimeout: 240_000,
          hookTimeout: 600_000,
          sequence: { groupOrder: 1 },
        },
      },
      {
        extends: true,
        test: {
          name: 'release',
          include: [RELEASE],
          exclude: ['**/node_modules/**'],
          fileParallelism: false,
          testTimeout: 600_000,
          hookTimeout: 600_000,
          sequence: { groupOrder: 2 },
        },
      },
    ],
  },
});
