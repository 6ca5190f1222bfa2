// Short news in words, and which of it is shown now. Several arrivals at once become one line, so that
// none of them passes unseen (PBD-4).
import type { Notice } from '../call/model.ts';
import { listOf, text } from '../i18n/text.ts';

export function noticeWords(notice: Notice): string {
  switch (notice.kind) {
    case 'came-in':
      return text('notice.came-in', { name: notice.name, by: notice.by });
    case 'came-back':
    case 'left':
    case 'hand':
      return text(`notice.${notice.kind}`, { name: notice.name });
    case 'was-removed':
      return text('notice.was-removed', { name: notice.name, by: notice.by });
    case 'renamed':
      return text('notice.renamed', { from: notice.from, to: notice.to });
    case 'muted-by':
      return text('notice.muted-by', { by: notice.by });
    case 'locked':
    case 'unlocked':
    case 'chat-gone':
      return text(`notice.${notice.kind}`);
  }
}

export type Current = { readonly ids: readonly string[]; readonly words: string };

const NAMED = 3;

/** The oldest news first; all who came in meanwhile are named together. */
export function currentNotice(notices: readonly Notice[]): Current | undefined {
  const first = notices[0];
  if (!first) return undefined;
  const arrivals = notices.filter((notice) => notice.kind === 'came-in');
  if (first.kind !== 'came-in' || arrivals.length < 2) {
    return { ids: [first.id], words: noticeWords(first) };
  }
  const ids = arrivals.map((notice) => notice.id);
  const rest = arrivals.length - NAMED;
  const names = arrivals.slice(0, NAMED).map((notice) => notice.name);
  const more = rest > 0 ? [text('notice.more', { count: rest })] : [];
  return { ids, words: text('notice.came-in.many', { who: listOf([...names, ...more]) }) };
}
