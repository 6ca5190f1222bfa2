// Starts the web client: takes the fragment from the first script and shows the page.
import { createRoot } from 'react-dom/client';
import * as z from 'zod/mini';
import { App } from './app.tsx';

// Trusted Types forbid what zod would otherwise compile at run time (SEC-18).
z.config({ jitless: true });

function takeFragment(): string {
  const take: unknown = Reflect.get(window, 'takeFragment');
  const taken: unknown = typeof take === 'function' ? Reflect.apply(take, undefined, []) : '';
  return typeof taken === 'string' ? taken : '';
}

const root = document.getElementById('root');
if (root) createRoot(root).render(<App fragment={takeFragment()} />);
