import { z } from "zod";
import { describeTransactionError } from "../../ledger/describe-error.ts";
import { signaturesAreValid } from "../../ledger/wire-transaction.ts";
import { airdropTransaction } from "../airdrop.ts";
import { readCommitment } from "../context.ts";
import { type MethodTable, method } from "../method.ts";
import { address, commitment, contextConfig, readConfig, slot, u64 } from "../params.ts";
import { RpcError, signatureVerificationFailure } from "../rpc-error.ts";
import { simulate } from "../simulation.ts";
import { wireFromRequest } from "../wire-input.ts";

const sendConfig = z
  .object({
    ...contextConfig,
    encoding: z.enum(["base58", "base64"]).nullish(),
    skipPreflight: z.boolean().nullish(),
    preflightCommitment: commitment.nullish(),
    maxRetries: slot.nullish(),
  })
  .nullish();

export const sendMethods: MethodTable = {
  /**
   * There is one leader and no network, so a transaction runs here and now, and `maxRetries` has nothing to do. The
   * preflight always sees the newest state, whatever commitment it is asked for.
   */
  sendTransaction: method(z.tuple([z.string(), sendConfig]), (host, text, config) => {
    const wire = wireFromRequest(text, config?.encoding ?? "base58");
    readCommitment(host, { commitment: config?.preflightCommitment, minContextSlot: config?.minContextSlot });
    const signed = signaturesAreValid(wire);
    if (!config?.skipPreflight) {
      if (!signed) throw signatureVerificationFailure();
      const { result } = simulate(host, wire);
      if (result.err !== null) {
        const message = `Transaction simulation failed: ${describeTransactionError(result.err)}`;
        throw new RpcError(-32002, message, result);
      }
    }
    // Without preflight a validator answers before anyone looks at the transaction; a bad one is simply never heard of.
    if (signed) host.ledger.submit(wire);
    return wire.signature;
  }),

  requestAirdrop: method(z.tuple([address, u64, readConfig]), async (host, to, lamports) => {
    const wire = await airdropTransaction(host, to, lamports);
    const submission = host.ledger.submit(wire);
    const err = "err" in submission ? submission.err : submission.record.err;
    if (err !== null) throw new RpcError(-32603, `Internal error: airdrop failed: ${describeTransactionError(err)}`);
    return wire.signature;
  }),
};
