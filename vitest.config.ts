// Two kinds of tests: `unit` runs on each change, `e2e` starts browsers and real servers one after the other.
import { defineConfig } from 'vitest/config';

/** Whole meetings as values, without a server or a browser. */
const SIMULATION = 'e2e/sim';
const UNIT_FOLDERS = [
  'protocol',
  'crypto',
  'server',
  'web',
  'controls',
  'tools',
  'bench',
  SIMULATION,
];
const CODE = '**/*.test.{ts,tsx,mjs}';

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
          exclude: [`${SIMULATION}/**`],
          fileParallelism: false,
          testTimeout: 240_000,
          hookTimeout: 600_000,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});
