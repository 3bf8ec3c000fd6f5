import { type Address, getBase64Encoder } from "@solana/kit";

/** One `Program data:` line, with the program that wrote it. */
export interface LoggedData {
  readonly programAddress: Address;
  readonly data: Uint8Array;
}

const INVOKE = /^Program ([1-9A-HJ-NP-Za-km-z]{32,44}) invoke \[\d+\]$/;
const RETURN = /^Program ([1-9A-HJ-NP-Za-km-z]{32,44}) (?:success$|failed: )/;
const DATA = /^Program data: (\S+)/;

/**
 * What programs wrote with `sol_log_data`, in order, each with its author: any program may write any bytes, so they
 * mean something only beside the program that was running when they were written.
 *
 * Lines that programs write as text start with `Program log:` and can't be mistaken for these.
 */
export function readLoggedData(logs: readonly string[]): LoggedData[] {
  const running: Address[] = [];
  const found: LoggedData[] = [];
  for (const line of logs) {
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
