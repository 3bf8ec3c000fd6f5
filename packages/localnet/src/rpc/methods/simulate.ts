import { z } from "zod";
import { encodeAccount } from "../../encoding/account.ts";
import { fromBase64 } from "../../encoding/base58.ts";
import { BLOCKHASH_LIFE_BLOCKS } from "../../ledger/commitment.ts";
import { transactionFee } from "../../ledger/fee.ts";
import { parseWireMessage, signaturesAreValid } from "../../ledger/wire-transaction.ts";
import { readCommitment, withContext } from "../context.ts";
import { type MethodTable, method } from "../method.ts";
import { accountEncoding, address, contextConfig, readConfig } from "../params.ts";
import { invalidParams, signatureVerificationFailure } from "../rpc-error.ts";
import { simulate } from "../simulation.ts";
import { wireFromRequest } from "../wire-input.ts";

const RECENT_BLOCKS = 150;

const simulateConfig = z
  .object({
    ...contextConfig,
    encoding: z.enum(["base58", "base64"]).nullish(),
    sigVerify: z.boolean().nullish(),
    replaceRecentBlockhash: z.boolean().nullish(),
    innerInstructions: z.boolean().nullish(),
    accounts: z.object({ addresses: z.array(address), encoding: accountEncoding.nullish() }).nullish(),
  })
  .nullish();

export const simulateMethods: MethodTable = {
  simulateTransaction: method(z.tuple([z.string(), simulateConfig]), (host, text, config) => {
    const wire = wireFromRequest(text, config?.encoding ?? "base58");
    const commitment = readCommitment(host, config);
    const replace = config?.replaceRecentBlockhash ?? false;
    if (config?.sigVerify) {
      if (replace) throw invalidParams("sigVerify may not be used with replaceRecentBlockhash");
      if (!signaturesAreValid(wire)) throw signatureVerificationFailure();
    }
    const innerInstructions = config?.innerInstructions ?? false;
    const { result, after } = simulate(host, wire, { anyBlockhash: replace, innerInstructions });
    const wanted = config?.accounts;
    if (wanted != null && wanted.addresses.length > wire.staticKeys.length) {
      throw invalidParams(`Too many accounts provided; max ${wire.staticKeys.length}`);
    }
    const view = { encoding: wanted?.encoding ?? "base64" } as const;
    const accounts = wanted?.addresses.map((key) => {
      const account = result.err === null ? after(key) : null;
      return account && encodeAccount(account, view, after);
    });
    const { hash: blockhash, height } = host.ledger.blocks.last;
    const replacement = { blockhash, lastValidBlockHeight: height + BLOCKHASH_LIFE_BLOCKS };
    return withContext(host, commitment, {
      ...result,
      accounts: accounts ?? null,
      replacementBlockhash: replace ? replacement : null,
    });
  }),

  getFeeForMessage: method(z.tuple([z.string(), readConfig]), (host, text, config) => {
    const commitment = readCommitment(host, config);
    const bytes = fromBase64(text);
    if (bytes === undefined) throw invalidParams("invalid base64 encoding");
    let message: ReturnType<typeof parseWireMessage>;
    try {
      message = parseWireMessage(bytes);
    } catch {
      throw invalidParams("failed to deserialize solana_message::versions::VersionedMessage");
    }
    const known = host.ledger.blocks.lastValidHeight(message.blockhash) !== undefined;
    return withContext(host, commitment, known ? transactionFee(message) : null);
  }),

  getRecentPrioritizationFees: method(z.tuple([z.array(address).nullish()]), ({ ledger }) =>
    ledger.blocks.closed.slice(-RECENT_BLOCKS).map(({ slot }) => ({ prioritizationFee: 0, slot })),
  ),
};
