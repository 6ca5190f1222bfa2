// A link to the plain explanation. Opens beside the page, so that a lobby or meeting is not lost.
import type { ReactNode } from 'react';

export function NoticeLink({ children }: { readonly children?: ReactNode }) {
  return (
    <a
      href="/about"
      target="_blank"
      rel="noopener"
      className="text-accent underline underline-offset-4"
    >
      {children}
    </a>
  );
}
