// What we tell and ask the media server: rooms and who is in them. Must ask for no recording, ingress or agent, and gives
// nobody a name or metadata.
import { RoomServiceClient, ServerError } from 'livekit-server-sdk';

/** The media server is down, or does not know the room or participant. */
export type AdminResult = 'done' | 'absent' | 'unreachable';

export type MediaAdmin = {
  /** Also when it exists already: rooms are not made by joining (`auto_create: false`). */
  createRoom(room: string): Promise<AdminResult>;
  removeParticipant(room: string, identity: string): Promise<AdminResult>;
  deleteRoom(room: string): Promise<AdminResult>;
  /** Identities, or undefined when it cannot be asked. */
  listParticipants(room: string): Promise<readonly string[] | undefined>;
  listRooms(): Promise<readonly string[] | undefined>;
};

export type AdminDeps = {
  /** `http://127.0.0.1:<port>`, undefined unless ready. */
  readonly livekitUrl: () => string | undefined;
  readonly apiKey: string;
  readonly apiSecret: string;
};

const REQUEST_TIMEOUT_S = 3;
const HTTP_NOT_FOUND = 404;

async function attempt(work: (() => Promise<unknown>) | undefined): Promise<AdminResult> {
  if (work === undefined) return 'unreachable';
  try {
    await work();
    return 'done';
  } catch (error) {
    return error instanceof ServerError && error.status === HTTP_NOT_FOUND
      ? 'absent'
      : 'unreachable';
  }
}

export function createMediaAdmin(deps: AdminDeps): MediaAdmin {
  function client(): RoomServiceClient | undefined {
    const url = deps.livekitUrl();
    if (url === undefined) return undefined;
    return new RoomServiceClient(url, deps.apiKey, deps.apiSecret, {
      requestTimeout: REQUEST_TIMEOUT_S,
      failover: false,
    });
  }
  const run = (work: (rooms: RoomServiceClient) => Promise<unknown>): Promise<AdminResult> => {
    const rooms = client();
    return attempt(rooms && (() => work(rooms)));
  };
  return {
    createRoom: (room) => run((rooms) => rooms.createRoom({ name: room })),
    removeParticipant: (room, identity) => run((rooms) => rooms.removeParticipant(room, identity)),
    deleteRoom: (room) => run((rooms) => rooms.deleteRoom(room)),
    async listParticipants(room) {
      let identities: readonly string[] = [];
      const result = await run(async (rooms) => {
        identities = (await rooms.listParticipants(room)).map(
          (participant) => participant.identity,
        );
      });
      return result === 'unreachable' ? undefined : identities;
    },
    async listRooms() {
      let names: readonly string[] = [];
      const result = await run(async (rooms) => {
        names = (await rooms.listRooms()).map((room) => room.name);
      });
      return result === 'unreachable' ? undefined : names;
    },
  };
}
