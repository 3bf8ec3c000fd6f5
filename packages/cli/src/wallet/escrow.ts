import { readFile } from "node:fs/promises";
import { text as readAll } from "node:stream/consumers";
import { fromJson, type JsonValue } from "@bufbuild/protobuf";
import { loadKeypairFile } from "@cyxwiz/chain";
import { makeEscrow } from "@cyxwiz/engine";
import { CyxwizError } from "@cyxwiz/errors";
import { type EscrowTerms, EscrowTermsSchema } from "@cyxwiz/protocol";
import { Command } from "commander";
import { z } from "zod";
import { formatAmount } from "../options/amount.ts";
import { checkedOption } from "../options/checked-option.ts";
import {
  addChainOptions,
  addCommonOptions,
  addDataDirOption,
  addWalletOption,
  type ChainOptions,
  type CommonOptions,
} from "../options/common.ts";
import { createOutput } from "../output/output.ts";
import { stopSignal } from "../process/stop-signal.ts";
import { chainOf } from "./wallet-chain.ts";

interface EscrowFlags extends CommonOptions, ChainOptions {
  readonly wallet: string;
  readonly dataDir: string;
  readonly jobTerms: string;
}

export function escrowCommand(): Command {
  const command = new Command("escrow")
    .description("make the escrow for a quote, so that any gRPC client can call ConfirmEscrow")
    .addOption(
      checkedOption("--job-terms <file>", "EscrowTerms, or the SubmitJobResponse, as protobuf JSON; - reads stdin", {
        schema: z.string().min(1),
      }).makeOptionMandatory(),
    );
  return addCommonOptions(addDataDirOption(addChainOptions(addWalletOption(command, "payer")), "engine")).action(
    async (flags: EscrowFlags) => {
      // With the terms on standard input, its end says nothing of the parent.
      const signal = stopSignal({ exitWithParent: flags.exitWithParent && flags.jobTerms !== "-" });
      const terms = await readTerms(flags.jobTerms);
      const wallet = await loadKeypairFile(flags.wallet);
      const made = await makeEscrow(terms, { chain: chainOf(flags), wallet, dataDir: flags.dataDir, signal });
      createOutput(flags).tell(
        `${formatAmount(made.amount)} CYXWIZ in escrow ${made.escrow} for job ${made.jobId}\n  tx ${made.signature}`,
        { event: "escrow", ...made },
      );
    },
  );
}

async function readTerms(source: string): Promise<EscrowTerms> {
  const invalid = (problem: string, cause: unknown) =>
    new CyxwizError("CONFIG_INVALID", { source: source === "-" ? "standard input" : source, problem }, { cause });
  let json: JsonValue;
  try {
    json = JSON.parse(source === "-" ? await readAll(process.stdin) : await readFile(source, "utf8")) as JsonValue;
  } catch (cause) {
    throw invalid((cause as Error).message, cause);
  }
  try {
    return fromJson(EscrowTermsSchema, termsIn(json), { ignoreUnknownFields: true });
  } catch (cause) {
    throw invalid(`these are no escrow terms: ${(cause as Error).message}`, cause);
  }
}

function termsIn(json: JsonValue): JsonValue {
  if (typeof json !== "object" || json === null || Array.isArray(json)) return json;
  return json.escrowTerms ?? json.escrow_terms ?? json;
}
