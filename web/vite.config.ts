// Builds the web client: hashed assets, module workers, no inline script, style or data address, so
// that the strictest content security policy fits (SEC-18).

import { compileMessage } from '@lingui/message-utils/compileMessage';
import tailwindcss from '@tailwindcss/vite';
import react from '@vitejs/plugin-react';
import { defineConfig, type Plugin } from 'vite';
import { aboutTexts } from './i18n/en-about.ts';
import { alarmTexts } from './i18n/en-alarms.ts';
import { endTexts } from './i18n/en-ends.ts';
import { lobbyTexts } from './i18n/en-lobby.ts';
import { roomTexts } from './i18n/en-room.ts';
import { startTexts } from './i18n/en-start.ts';

// Browsers that can transform encoded media also know `light-dark()`; older ones get the page that
// says what they lack.
const ENGINES = ['chrome123', 'firefox121', 'safari17.5'];

const CATALOGUES: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  aboutTexts,
  alarmTexts,
  endTexts,
  lobbyTexts,
  roomTexts,
  startTexts,
};

/** Compiles the texts while building: no parser travels to the browser, and a broken text breaks the build. */
function compiledTexts(): Plugin {
  return {
    name: 'compiled-texts',
    apply: 'build',
    transform(code, id) {
      if (!/\/i18n\/en-\w+\.ts$/.test(id)) return undefined;
      const name = /export const (\w+)/.exec(code)?.[1] ?? '';
      const texts = CATALOGUES[name];
      if (!texts) return this.error(`${id} is not in the list of catalogues`);
      const compiled = Object.entries(texts).map(([key, words]) => [key, compileMessage(words)]);
      return {
        code: `export const ${name} = ${JSON.stringify(Object.fromEntries(compiled))};`,
        map: null,
      };
    },
  };
}

export default defineConfig({
  root: import.meta.dirname,
  publicDir: 'fragment',
  plugins: [compiledTexts(), react(), tailwindcss()],
  worker: { format: 'es' },
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    manifest: true,
    target: ENGINES,
    cssTarget: ENGINES,
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
  },
});
