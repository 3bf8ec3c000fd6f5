import { retry } from "@cyxwiz/chain";
import { CyxwizError, isCyxwizError } from "@cyxwiz/errors";
import type { RangeConnection } from "./range-connection.ts";
import type { WholeFile } from "./whole-file.ts";
import { FETCHING, withConnection } from "./with-connection.ts";

const WITHIN_MS = 60_000;

/** What has come so far, in memory for all of it. */
interface Held {
  readonly bytes: Uint8Array;
  readonly sha256: string | undefined;
  arrived: number;
}

/**
 * Fetches a file into memory. An attempt that breaks off goes on where it was, if the node still serves the same file.
 * Whether its bytes are the right ones is the caller's to check.
 *
 * @throws CyxwizError `UNREACHABLE`, `TIMED_OUT`, `MESSAGE_TOO_LARGE`, `ABORTED`, or what the node refuses it with.
 */
export async function fetchWhole(file: WholeFile): Promise<Uint8Array> {
  const { url, maxBytes, signal } = file;
  let held: Held | undefined;
  const goOn = async (connection: RangeConnection) => {
    try {
      const start = held?.arrived ?? 0;
      const answer = await connection.get({
        start,
        maxBytes: maxBytes - start,
        into: ({ total, sha256 }) => {
          if (total > maxBytes)
            throw new CyxwizError("MESSAGE_TOO_LARGE", { what: url, bytes: total, limitBytes: maxBytes });
          held ??= { bytes: new Uint8Array(total), sha256, arrived: 0 };
          if (total === held.bytes.length && sha256 === held.sha256) return held.bytes.subarray(start);
          held = undefined;
          throw new Error("the file has changed meanwhile");
        },
      });
      if (start + answer.bytes === answer.total) return held?.bytes ?? new Uint8Array(0);
      held = undefined;
      const cause = "the node sends less than the file has";
      throw new CyxwizError("UNREACHABLE", { peer: "the node", address: new URL(url).host, cause });
    } catch (error) {
      // Without its hash, nobody can say whether the rest is of the same file.
      if (held?.sha256 === undefined) held = undefined;
      else held.arrived += connection.arrived;
      throw error;
    }
  };
  const when = (error: unknown) => isCyxwizError(error, "UNREACHABLE") || isCyxwizError(error, "TIMED_OUT");
  return retry(() => withConnection(file, goOn), { what: FETCHING, signal, withinMs: WITHIN_MS, when });
}
