// One script for a page of a test or benchmark, from its TypeScript. The product's own build has no part in it.
import { build } from 'esbuild';

/** `entry` is a path; gives the text of one ES module. */
export async function bundleScript(entry: string): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [entry],
    bundle: true,
    format: 'esm',
    target: 'es2023',
    write: false,
    logLevel: 'error',
  });
  return outputFiles[0]?.text ?? '';
}
