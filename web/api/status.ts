// Asks the server how it is. Knows nothing of meetings.
import { ServerStatus } from '@in-camera/protocol/http.ts';

export type MediaState = ServerStatus['media'];

/** The server's state, or undefined when it cannot be reached or answers nonsense. */
export async function fetchStatus(signal?: AbortSignal): Promise<ServerStatus | undefined> {
  try {
    const response = await fetch('/api/status', {
      cache: 'no-store',
      ...(signal ? { signal } : {}),
    });
    const parsed = ServerStatus.safeParse(await response.json());
    return parsed.success ? parsed.data : undefined;
  } catch {
    return undefined;
  }
}
