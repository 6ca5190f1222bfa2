// A surface that holds one thing to read and one thing to do.
import type { ReactNode } from 'react';

export function Card({ children }: { readonly children: ReactNode }) {
  return (
    <div className="flex flex-col gap-5 rounded-surface bg-surface p-6 shadow-float sm:p-8 forced-colors:border">
      {children}
    </div>
  );
}
