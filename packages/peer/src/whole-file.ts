import type { RemoteFile } from "./range-connection.ts";

/** A file of a node's that is fetched as a whole. */
export interface WholeFile extends RemoteFile {
  /** Larger ones are refused. */
  readonly maxBytes: number;
  readonly signal: AbortSignal;
}
