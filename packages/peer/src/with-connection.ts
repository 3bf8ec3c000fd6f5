import { throwIfAborted } from "@cyxwiz/chain";
import { RangeConnection } from "./range-connection.ts";
import type { WholeFile } from "./whole-file.ts";

/** What is done to a file of a node's, for messages. */
export const FETCHING = "Fetching from the node";

/** Opens a connection for a file, for as long as it is used. Throws ABORTED when the file's signal says so, whatever else went wrong. */
export async function withConnection<T>(file: WholeFile, use: (connection: RangeConnection) => Promise<T>): Promise<T> {
  const { signal } = file;
  const connection = await RangeConnection.open(file, signal);
  const close = () => connection.close();
  signal.addEventListener("abort", close);
  try {
    if (signal.aborted) close();
    return await use(connection);
  } catch (error) {
    throwIfAborted(FETCHING, signal);
    throw error;
  } finally {
    signal.removeEventListener("abort", close);
    close();
  }
}
