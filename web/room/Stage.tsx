// The tiles, laid out by what fits: everyone alike, or one large and the others beside it.
import { useRef } from 'react';
import { text } from '../i18n/text.ts';
import { GAP, gridFor, type Size, splitFor } from './layout.ts';
import type { Plan, Shown } from './stage-plan.ts';
import { TileView } from './TileView.tsx';
import { useSize } from './use-size.ts';

const style = { gap: GAP } as const;

export function Stage({ plan }: { readonly plan: Plan }) {
  const element = useRef<HTMLDivElement>(null);
  const size = useSize(element);
  const ready = size.width > 0 && size.height > 0;
  return (
    <div ref={element} className="relative min-h-0 min-w-0 flex-1">
      {ready && plan.kind === 'grid' ? <AllAlike tiles={plan.tiles} room={size} /> : null}
      {ready && plan.kind === 'large' ? (
        <OneLarge large={plan.large} others={plan.others} room={size} />
      ) : null}
    </div>
  );
}

function Tiles({ tiles, size }: { readonly tiles: readonly Shown[]; readonly size: Size }) {
  return tiles.map(({ key, person, tile }) => (
    <TileView key={key} person={person} tile={tile} size={size} />
  ));
}

function AllAlike({ tiles, room }: { readonly tiles: readonly Shown[]; readonly room: Size }) {
  const grid = gridFor(tiles.length, room);
  const width = grid.columns * grid.tile.width + GAP * (grid.columns - 1);
  return (
    <section
      aria-label={text(grid.scrolls ? 'room.stage.scroll' : 'room.people.label')}
      tabIndex={grid.scrolls ? 0 : undefined}
      className={`absolute inset-0 flex rounded-surface ${grid.scrolls ? 'items-start overflow-y-auto -outline-offset-3' : 'items-center overflow-hidden'}`}
    >
      <ul className="mx-auto flex flex-wrap justify-center" style={{ ...style, width }}>
        <Tiles tiles={tiles} size={grid.tile} />
      </ul>
    </section>
  );
}

type LargeProps = {
  readonly large: Shown;
  readonly others: readonly Shown[];
  readonly room: Size;
};

function OneLarge({ large, others, room }: LargeProps) {
  const split = splitFor(others.length, room);
  const beside = split.strip === 'beside';
  const length = others.length * ((beside ? split.small.height : split.small.width) + GAP) - GAP;
  const scrolls = length > (beside ? room.height : room.width);
  return (
    <div className={`absolute inset-0 flex ${beside ? 'flex-row' : 'flex-col'}`} style={style}>
      <ul aria-label={text('room.large.label')} className="flex">
        <TileView person={large.person} tile={large.tile} size={split.large} />
      </ul>
      {others.length === 0 ? null : (
        <section
          aria-label={text(scrolls ? 'room.stage.scroll' : 'room.people.label')}
          tabIndex={scrolls ? 0 : undefined}
          className={`min-h-0 min-w-0 flex-1 rounded-surface -outline-offset-3 ${scrolls ? (beside ? 'overflow-y-auto' : 'overflow-x-auto') : ''}`}
        >
          <ul
            className={`flex min-h-full ${beside ? 'flex-col' : 'w-max min-w-full'} ${scrolls ? '' : 'justify-center'}`}
            style={style}
          >
            <Tiles tiles={others} size={split.small} />
          </ul>
        </section>
      )}
    </div>
  );
}
