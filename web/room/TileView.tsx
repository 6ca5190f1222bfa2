// One tile: a face, a screen, or initials. Shows a picture only when the watchdog calls it good.
import { AudioLines, Hand, MicOff, MonitorUp, TriangleAlert, WifiLow } from 'lucide-react';
import type { Person, Tile } from '../call/model.ts';
import { text } from '../i18n/text.ts';
import { Avatar } from '../ui/Avatar.tsx';
import { Video } from '../ui/Video.tsx';
import type { Size } from './layout.ts';
import { pictureWords, tileLabel, tileName } from './tile-words.ts';

type Props = { readonly person: Person; readonly tile: Tile; readonly size: Size };

export function TileView({ person, tile, size }: Props) {
  const screen = tile.source === 'screen';
  const label = tileLabel(person, tile);
  const picture = tile.state === 'ok' ? tile.track : undefined;
  const speaking = !screen && person.speaking && person.microphone === 'on';
  return (
    <li
      aria-label={label}
      data-tile={tile.source}
      className="@container-[size] relative shrink-0 overflow-hidden rounded-surface bg-surface forced-colors:border"
      style={{ width: size.width, height: size.height }}
    >
      {picture ? (
        <Video
          track={picture}
          attach={tile.attach}
          label={label}
          mirrored={person.you && !screen}
          whole={screen}
        />
      ) : (
        <NoPicture person={person} tile={tile} />
      )}
      {picture ? <Still tile={tile} /> : null}
      <Marks person={person} screen={screen} />
      <NamePill person={person} tile={tile} speaking={speaking} />
      {speaking ? (
        <span
          aria-hidden
          className="pointer-events-none absolute inset-0 rounded-surface border-[3px] border-accent"
        />
      ) : null}
    </li>
  );
}

/** Words stay clear of the marks above and the name below; in a low tile of the name only. */
const BETWEEN = 'px-2 py-10 [@container(max-height:7rem)]:pt-1 [@container(max-height:7rem)]:pb-8';

/** Where there is room for one thing only, it is the reason: who it is stands in the name below. */
const IF_TALL = '[@container(max-height:10rem)]:hidden';

function NoPicture({ person, tile }: Omit<Props, 'size'>) {
  const why = pictureWords(tile);
  return (
    <div
      className={`absolute inset-0 flex flex-col items-center justify-center gap-[6cqmin] text-center ${why ? BETWEEN : 'p-2'}`}
    >
      {tile.source === 'screen' ? (
        <MonitorUp aria-hidden size={40} className={`text-quiet ${why ? IF_TALL : ''}`} />
      ) : (
        <span className={why ? IF_TALL : 'contents'}>
          <Avatar
            name={person.name}
            size={why ? 'clamp(2rem, 30cqmin, 6rem)' : 'clamp(2.5rem, 38cqmin, 7rem)'}
          />
        </span>
      )}
      {why ? <Why words={why.words} tone={why.tone} /> : null}
    </div>
  );
}

function Why({ words, tone }: { readonly words: string; readonly tone: 'quiet' | 'warn' }) {
  return (
    <p
      className={`max-w-full text-center text-small text-balance wrap-anywhere ${tone === 'warn' ? 'text-warn' : 'text-quiet'}`}
    >
      {tone === 'warn' ? (
        <TriangleAlert aria-hidden size={14} className="me-1.5 inline-block align-[-0.125em]" />
      ) : null}
      {words}
    </p>
  );
}

/** The last good picture stands still: said over it, so that nobody takes it for live. */
function Still({ tile }: { readonly tile: Tile }) {
  const why = pictureWords(tile);
  return why ? (
    <div className={`absolute inset-0 flex items-center justify-center bg-veil ${BETWEEN}`}>
      <Why words={why.words} tone={why.tone} />
    </div>
  ) : null;
}

function Marks({ person, screen }: { readonly person: Person; readonly screen: boolean }) {
  if (screen) return null;
  const weak = person.presence !== 'here';
  return (
    <div aria-hidden className="absolute top-1.5 right-1.5 left-1.5 flex flex-wrap gap-1.5">
      {person.hand ? (
        <span className="inline-flex items-center gap-1.5 rounded-small bg-warn px-2 py-1 text-small font-bold text-ground">
          <Hand size={16} />
          <span className="@max-[9rem]:hidden">{text('tile.hand')}</span>
        </span>
      ) : null}
      {weak ? (
        <span className="inline-flex max-w-full items-center gap-1 rounded-small bg-ground/85 px-1.5 py-1 text-small text-warn">
          <WifiLow size={16} className="shrink-0" />
          <span className="truncate @max-[9rem]:hidden">
            {text(person.presence === 'away' ? 'tile.presence.away' : 'tile.presence.connecting')}
          </span>
        </span>
      ) : null}
    </div>
  );
}

type PillProps = { readonly person: Person; readonly tile: Tile; readonly speaking: boolean };

function NamePill({ person, tile, speaking }: PillProps) {
  const screen = tile.source === 'screen';
  const name = tileName(person, tile);
  const off = person.you && !screen && (tile.state === 'no-track' || tile.state === 'muted');
  return (
    <div
      aria-hidden
      className="absolute bottom-1.5 left-1.5 inline-flex max-w-[calc(100%-0.75rem)] items-center gap-1.5 rounded-small bg-ground/85 px-2 py-1 text-small font-bold @min-[16rem]:bottom-2.5 @min-[16rem]:left-2.5"
    >
      {!screen && person.microphone === 'off' ? <MicOff size={14} className="shrink-0" /> : null}
      {speaking ? <AudioLines size={14} className="shrink-0 text-accent" /> : null}
      <span dir="auto" className="truncate">
        {name}
      </span>
      {off ? (
        <span className="shrink-0 @max-[11rem]:hidden">
          <span className="-ml-1.5">,</span> {text('tile.camera.off')}
        </span>
      ) : null}
    </div>
  );
}
