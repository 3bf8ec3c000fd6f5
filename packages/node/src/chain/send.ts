import { assertConfirmed, buildAndSign, type Chain, deliver } from "@cyxwiz/chain";
import { isCyxwizError } from "@cyxwiz/errors";
import type { Instruction, TransactionSigner } from "@solana/kit";

/** Signs and sends a transaction; resolves with its signature once it is confirmed. */
export type Send = (
  what: string,
  signal: AbortSignal,
  instructions: () => Promise<readonly Instruction[]>,
) => Promise<string>;

/**
 * A sender that signs each transaction once and delivers those same bytes until they have landed or never can, so
 * that a lost answer never does a thing twice.
 */
export function createSender(chain: Chain, feePayer: TransactionSigner): Send {
  return async (what, signal, instructions) => {
    const signed = await buildAndSign(chain, { instructions: await instructions(), feePayer, signal });
    const { signature } = signed;
    for (let preflight = true; ; preflight = false) {
      try {
        const outcome = await deliver(chain, signed, { what, preflight, signal });
        assertConfirmed(outcome, { what, signature });
        return signature;
      } catch (error) {
        const isOpen = isCyxwizError(error, "TIMED_OUT") || isCyxwizError(error, "UNREACHABLE");
        if (!isOpen || signal.aborted) throw error;
      }
    }
  };
}
