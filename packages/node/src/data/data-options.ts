import type { AddressPolicy } from "./public-address.ts";

/** How a node gets data that does not come with its job. */
export interface DataOptions {
  /** The largest data set that is fetched or streamed. */
  readonly maxBytes: number;
  /** Data sets up to this size are trained on in memory, larger ones from their file. */
  readonly memoryBytes: number;
  /** For how long a data set may be on its way, all in all. */
  readonly timeoutMs: number;
  /** It is given up when nothing has come for so long. */
  readonly silenceMs: number;
  /** What the node may connect to in order to fetch data. */
  readonly mayConnectTo: AddressPolicy;
}
