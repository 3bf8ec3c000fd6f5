import { type Address, assertAccountExists, fetchEncodedAccount, getI64Decoder } from "@solana/kit";
import type { Chain } from "./chain.ts";

const CLOCK_ADDRESS = "SysvarC1ock11111111111111111111111111111111" as Address;
/** Behind slot, epoch's start, epoch and leader schedule's epoch, eight bytes each. */
const UNIX_TIMESTAMP_OFFSET = 32;

/**
 * The time by which programs decide, in Unix seconds: that of the cluster, which may differ from this machine's.
 *
 * @throws CyxwizError UNREACHABLE, ABORTED
 */
export async function chainTime(chain: Chain, signal?: AbortSignal): Promise<bigint> {
  const clock = await fetchEncodedAccount(chain.rpc, CLOCK_ADDRESS, {
    commitment: "confirmed",
    ...(signal && { abortSignal: signal }),
  });
  assertAccountExists(clock);
  return getI64Decoder().decode(clock.data, UNIX_TIMESTAMP_OFFSET);
}
