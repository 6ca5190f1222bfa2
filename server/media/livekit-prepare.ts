// Gets the media server into the cache without starting a house: for tests and for images. Must do nothing that
// `npm start` does not do.
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readConfig } from '../config.ts';
import { StartError } from '../errors.ts';
import { findLiveKit } from './livekit-binary.ts';

const { env } = process;
const mediaFolder = join(fileURLToPath(import.meta.url), '..', '..', '..', 'media');

try {
  const { cacheFolder } = readConfig({ args: [], env, cwd: mediaFolder });
  const onStep = (step: string): void => void process.stdout.write(`${step}\n`);
  const { path } = await findLiveKit({
    configured: undefined,
    cacheFolder,
    mediaFolder,
    env,
    onStep,
  });
  process.stdout.write(`media server: ${path}\n`);
} catch (error) {
  if (!(error instanceof StartError)) throw error;
  process.stdout.write(`${error.message}\n`);
  process.exitCode = 1;
}
