// One live track on the page, without sound: sound belongs to the call, not to a picture.
import { useEffect, useRef } from 'react';

type Props = {
  readonly track: MediaStreamTrack;
  /** Others' pictures: whoever sends them learns what is in sight, and sends no more. */
  readonly attach?: ((element: HTMLVideoElement) => () => void) | undefined;
  readonly label: string;
  readonly mirrored?: boolean;
  /** A screen is shown whole; a face may lose its margins. */
  readonly whole?: boolean;
};

export function Video({ track, attach, label, mirrored = false, whole = false }: Props) {
  const element = useRef<HTMLVideoElement>(null);
  // A new view of the meeting brings a new function for the same track: no reason to bind anew.
  const bind = useRef(attach);
  bind.current = attach;
  const bound = attach !== undefined;
  useEffect(() => {
    const video = element.current;
    if (!video) return undefined;
    if (bound && bind.current) return bind.current(video);
    video.srcObject = new MediaStream([track]);
    // Refused playback shows as a still picture; the tile's state in words comes from the watchdog.
    video.play().catch(() => undefined);
    return () => {
      video.srcObject = null;
    };
  }, [track, bound]);
  return (
    <video
      ref={element}
      aria-label={label}
      muted
      playsInline
      autoPlay
      disablePictureInPicture
      className={`absolute inset-0 size-full ${whole ? 'object-contain' : 'object-cover'} ${mirrored ? '-scale-x-100' : ''}`}
    />
  );
}
