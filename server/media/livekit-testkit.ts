// A stand-in for LiveKit in supervisor tests: a program that listens and answers like it, and dies on command. Test code.
import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const PROGRAM = `
const { readFileSync, appendFileSync, existsSync } = require('node:fs');
const { createServer } = require('node:http');
const { join, dirname } = require('node:path');
if (process.argv.includes('--version')) {
  console.log('livekit-server version ' + VERSION);
  process.exit(0);
}
const path = process.argv[process.argv.indexOf('--config') + 1];
const folder = dirname(path);
appendFileSync(join(folder, 'runs'), process.pid + ' ' + JSON.stringify(process.env) + '\\n');
if (existsSync(join(folder, 'die'))) process.exit(7);
const { port } = JSON.parse(readFileSync(path, 'utf8'));
let terms = 0;
process.on('SIGTERM', () => {
  terms += 1;
  if (terms > 1) process.exit(0);
});
process.on('SIGINT', () => undefined);
if (!existsSync(join(folder, 'mute'))) createServer((_, response) => response.end('OK')).listen(port, '127.0.0.1');
else setInterval(() => undefined, 1000);
`;

/** Writes the stand-in into a folder; returns its path. It runs without any environment, as the real one does. */
export function writeFakeLiveKit(folder: string, version: string): string {
  const [program, path] = [join(folder, 'fake.cjs'), join(folder, 'livekit-server')];
  writeFileSync(program, `const VERSION = ${JSON.stringify(version)};${PROGRAM}`);
  writeFileSync(path, `#!/bin/sh\nexec '${process.execPath}' '${program}' "$@"\n`);
  chmodSync(path, 0o755);
  return path;
}
