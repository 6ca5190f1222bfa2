// Measures frame-encrypt-ratio and frame-decrypt-ratio at 1 and 12 KB in a Chromium worker and keeps
// them in bench/results.json. Three runs, the median of each counts: this machine has neighbours.
//   node --import tsx bench/frames.ts
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { chromium } from 'playwright-core';
import { bundleScript } from '../e2e/harness/bundle.ts';
import type { FrameFigures } from './frames-worker.ts';
import { median, record } from './record.mjs';

const COMMAND = 'node --import tsx bench/frames.ts';
const RUNS = 3;
const SIZES = [
  { name: '1k', bytes: 1_024, goal: 1.5 },
  { name: '12k', bytes: 12_288, goal: 1.15 },
];

interface Run {
  readonly encrypt: FrameFigures;
  readonly decrypt: FrameFigures;
}

const script = await bundleScript(`${import.meta.dirname}/frames-worker.ts`);
const server = createServer((request, response) => {
  const isScript = request.url === '/worker.js';
  response.writeHead(200, {
    'content-type': isScript ? 'text/javascript' : 'text/html',
    // Isolated pages get clocks of 5 µs instead of 100.
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-embedder-policy': 'require-corp',
  });
  response.end(isScript ? script : '<!doctype html><title>frames</title>');
});
await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
const browser = await chromium.launch({
  executablePath: '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking'],
});
try {
  const page = await browser.newPage();
  await page.goto(`http://localhost:${(server.address() as AddressInfo).port}/`);
  const once = (bytes: number) =>
    page.evaluate<Run>(
      `new Promise((resolve, reject) => {
        const worker = new Worker('/worker.js', { type: 'module' });
        worker.onmessage = ({ data }) => (data.error ? reject(new Error(data.error)) : resolve(data));
        worker.onerror = ({ message }) => reject(new Error(message));
        worker.postMessage(${bytes});
      })`,
    );
  for (const { name, bytes, goal } of SIZES) {
    const runs: Run[] = [];
    for (let run = 0; run < RUNS; run++) runs.push(await once(bytes));
    for (const way of ['encrypt', 'decrypt'] as const) {
      const value = Math.round(median(runs.map((run) => run[way].ratio)) * 100) / 100;
      const [ours, bare] = [
        median(runs.map((run) => run[way].oursUs)),
        median(runs.map((run) => run[way].bareUs)),
      ];
      console.log(`${way} ${name}: ${ours.toFixed(1)} against ${bare.toFixed(1)} µs a frame`);
      const measured = { name: `frame-${way}-ratio-${name}`, value, unit: 'times', goal };
      if (process.argv.includes('--print')) console.log(measured);
      else record({ ...measured, command: COMMAND });
    }
  }
} finally {
  await browser.close();
  server.close();
}
