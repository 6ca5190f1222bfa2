// Every size and number that the wire may carry. Both sides read them from here.

export const LIMITS = {
  /** One socket message, in bytes of JSON text. */
  socketMessage: 1_048_576,
  /** Sealed charter: always exactly this long, so that nothing shows what is inside. */
  charterBox: 8_192,
  /** Sealed knock: always exactly this long. */
  knockBox: 8_192,
  /** Sealed answer to a knock: always exactly this long. */
  answerBox: 2_048,
  commit: 524_288,
  groupInfo: 655_360,
  welcomeSecrets: 4_096,
  packageBox: 8_192,
  statement: 1_024,
  opening: 65_536,
  message: 65_536,
  beat: 8_192,
  /** Seats added or removed by one commit. */
  seatsPerCommit: 64,
  /** Display name: characters a person may type. */
  nameCharacters: 60,
  /** Chat text: characters of one message. */
  chatCharacters: 4_000,
  /** Waiting knocks held by one meeting. */
  knocks: 500,
  seats: 1_200,
} as const;

/** Times, in milliseconds, on which both sides rely (protocol.md). */
export const TIMES = {
  strangerSocketMs: 600_000,
  knockKeptMs: 60_000,
  awayMs: 60_000,
  jobCollectMs: 300,
  leaverCollectMs: 500,
  expelReserveMs: 2_000,
  orderKeptMs: 120_000,
  orderKeptBytes: 8_388_608,
  guestCommitEveryMs: 10_000,
  emptyMeetingMs: 1_800_000,
  unusedMeetingMs: 86_400_000,
} as const;
