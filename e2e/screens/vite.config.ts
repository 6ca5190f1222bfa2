// Builds the gallery: the product's screens over made-up values. Lies outside of web/, so that it can
// never be part of what the server hands out.
import { join } from 'node:path';
import webConfig from '../../web/vite.config.ts';

export default {
  ...webConfig,
  root: import.meta.dirname,
  publicDir: false as const,
  build: {
    ...webConfig.build,
    manifest: false,
    outDir: join(import.meta.dirname, '..', 'out', 'gallery'),
    rollupOptions: { input: join(import.meta.dirname, 'gallery.html') },
  },
};
