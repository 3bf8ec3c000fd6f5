import { AsyncLocalStorage } from "node:async_hooks";

/** What a command runs in, where that is not a process of its own. */
export interface Host {
  /** Takes what the command tells. */
  readonly write: (text: string) => void;
  /** Asks the command to end. */
  readonly signal: AbortSignal;
}

const hosts = new AsyncLocalStorage<Host>();

/** The host of the command that is running here; `undefined` in a process of its own. */
export function currentHost(): Host | undefined {
  return hosts.getStore();
}

/** Runs what it is given, and everything that this starts, in a host. */
export function runIn<Result>(host: Host, action: () => Promise<Result>): Promise<Result> {
  return hosts.run(host, action);
}
