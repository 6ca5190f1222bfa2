// Something that can wait: folded away until asked for.
import { ChevronDown } from 'lucide-react';
import type { ReactNode } from 'react';

type Props = {
  readonly title: ReactNode;
  readonly children: ReactNode;
  readonly open?: boolean;
};

export function Fold({ title, children, open = false }: Props) {
  return (
    <details open={open} className="group">
      <summary className="flex min-h-11 items-center gap-2 rounded-small font-bold">
        <ChevronDown
          aria-hidden
          size={18}
          className="shrink-0 -rotate-90 transition-transform group-open:rotate-0"
        />
        {title}
      </summary>
      <div className="flex flex-col gap-3 pt-1 pb-3">{children}</div>
    </details>
  );
}
