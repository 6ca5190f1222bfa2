// What the engine itself counts and says of its connections; closed ones have nothing to say.

type Report = Record<string, unknown>;

async function reportsOf(connections: readonly RTCPeerConnection[]): Promise<Report[]> {
  const open = connections.filter((one) => one.connectionState !== 'closed');
  const all: ReadonlyMap<string, Report>[] = await Promise.all(open.map((one) => one.getStats()));
  return all.flatMap((stats) => [...stats.values()]);
}

export async function sumOf(
  connections: readonly RTCPeerConnection[],
  type: string,
  kind: string | undefined,
  read: (report: Report) => number,
): Promise<number> {
  return (await reportsOf(connections))
    .filter((report) => report.type === type && (kind === undefined || report.kind === kind))
    .reduce((sum, report) => sum + read(report), 0);
}

/** DTLS and SRTP of every connection. */
export async function transportsOf(connections: readonly RTCPeerConnection[]): Promise<Report[]> {
  return (await reportsOf(connections))
    .filter(({ type }) => type === 'transport')
    .map(({ dtlsState, dtlsCipher, srtpCipher, tlsVersion }) => ({
      dtlsState,
      dtlsCipher,
      srtpCipher,
      tlsVersion,
    }));
}
