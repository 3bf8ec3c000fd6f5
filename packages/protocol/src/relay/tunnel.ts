/** The protocol that an HTTPS request to Central is upgraded to: bytes in both directions, nothing else. */
export const TUNNEL_PROTOCOL = "cyxwiz-relay";

/** One end of a relayed connection, as the path of the request that opens it. */
export type TunnelEnd =
  /** Opened by whoever has the job, to the job's node. */
  | { readonly end: "job"; readonly id: string }
  /** Opened by the node, in answer to a call. */
  | { readonly end: "call"; readonly id: string };

const PATH = /^\/relay\/(job|call)s\/([^/?]{1,100})$/;

/** `/relay/jobs/<job id>` or `/relay/calls/<call id>` */
export function tunnelPath({ end, id }: TunnelEnd): string {
  return `/relay/${end}s/${encodeURIComponent(id)}`;
}

/** The other direction; `undefined` for any other path. */
export function parseTunnelPath(path: string | undefined): TunnelEnd | undefined {
  const [, end, id] = PATH.exec(path ?? "") ?? [];
  if (end === undefined || id === undefined) return undefined;
  return { end: end as TunnelEnd["end"], id: decode(id) };
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
