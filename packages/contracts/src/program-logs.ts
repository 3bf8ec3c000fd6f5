import { type Address, getBase64Encoder } from "@solana/kit";

/** One `Program data:` line, with the program that wrote it. */
export interface LoggedData {
  readonly programAddress: Address;
  readonly data: Uint8Array;
}

const INVOKE = /^Program ([1-9A-HJ-NP-Za-km-z]{32,44}) invoke \[\d+\]$/;
const RETURN = /^Program ([1-9A-HJ-NP-Za-km-z]{32,44}) (?:success$|failed: )/;
const DATA = /^Program data: (\S+)/;

/** What the runtime writes once where a transaction's log is too long; no program can, as its text has a prefix. */
const TRUNCATED = "Log truncated";

/** Whether the runtime has left out lines of a log, so that events may be missing. */
export function isTruncated(logs: readonly string[]): boolean {
  return logs.includes(TRUNCATED);
}

/**
 * What programs wrote with `sol_log_data`, in order, each with its author: any program may write any bytes, so they
 * mean something only beside the program that was running when they were written.
 *
 * Lines that programs write as text start with `Program log:` and can't be mistaken for these. Where the log is cut short
 * it ends: shorter lines may follow the one that did not fit, but whose they are can't be told, because a program's
 * beginning or end may be what is missing.
 */
export function readLoggedData(logs: readonly string[]): LoggedData[] {
  const running: Address[] = [];
  const found: LoggedData[] = [];
  for (const line of logs) {
    if (line === TRUNCATED) break;
    const invoked = INVOKE.exec(line)?.[1];
    if (invoked !== undefined) {
      running.push(invoked as Address);
      continue;
    }
    if (RETURN.test(line)) {
      running.pop();
      continue;
    }
    const base64 = DATA.exec(line)?.[1];
    const programAddress = running.at(-1);
    if (base64 === undefined || programAddress === undefined) continue;
    found.push({ programAddress, data: new Uint8Array(getBase64Encoder().encode(base64)) });
  }
  return found;
}
