// Keeps what was measured: one entry a name in bench/results.json. README quotes nothing else.
import { readFileSync, writeFileSync } from 'node:fs';

const FILE = new URL('./results.json', import.meta.url);

/** @param {{name: string, value: number, unit: string, goal: number, command: string}} measured */
export function record(measured) {
  const all = JSON.parse(readFileSync(FILE, 'utf8'));
  const value = Math.round(measured.value * 1000) / 1000;
  const entry = { ...measured, value, date: new Date().toISOString().slice(0, 10) };
  const others = all.filter((one) => one.name !== entry.name);
  const sorted = [...others, entry].sort((a, b) => a.name.localeCompare(b.name));
  writeFileSync(FILE, `${JSON.stringify(sorted, null, 2)}\n`);
  console.log(`${entry.name}: ${value} ${entry.unit} (goal ${entry.goal})`);
}

/** @param {number[]} values @returns {number} */
export const median = (values) => {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 ? upper : ((sorted[middle - 1] ?? upper) + upper) / 2;
};
