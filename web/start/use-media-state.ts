// Asks the server, as long as it is not ready, how far its media part is. Sends nothing of the person.
import { useEffect, useState } from 'react';
import { fetchStatus, type MediaState } from '../api/status.ts';

const AGAIN_MS = 5000;

export function useMediaState(): MediaState | 'unreachable' | undefined {
  const [state, setState] = useState<MediaState | 'unreachable'>();
  useEffect(() => {
    const stop = new AbortController();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const ask = async () => {
      const status = await fetchStatus(stop.signal);
      if (stop.signal.aborted) return;
      setState(status?.media ?? 'unreachable');
      if (status?.media !== 'ready') timer = setTimeout(() => void ask(), AGAIN_MS);
    };
    void ask();
    return () => {
      stop.abort();
      clearTimeout(timer);
    };
  }, []);
  return state;
}
