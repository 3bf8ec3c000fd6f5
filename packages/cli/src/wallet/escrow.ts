import { readFile } from "node:fs/promises";
import { text as readAll } from "node:stream/consumers";
import { fromJson, type JsonValue } from "@bufbuild/protobuf";
import { makeEscrow } from "@cyxwiz/engine";
import { CyxwizError } from "@cyxwiz/errors";
import { type EscrowTerms, EscrowTermsSchema } from "@cyxwiz/protocol";
import { Command } from "commander";
import { z } from "zod";
import { formatAmount } from "../options/amount.ts";
import { checkedOption } from "../options/checked-option.ts";
import { addDataDirOption } from "../options/common.ts";
import { type Action, type WalletContext, withWallet } from "../options/on-chain.ts";

interface EscrowFlags {
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
  const make: Action<WalletContext, EscrowFlags, []> = async ({ chain, wallet, output, signal }, flags) => {
    const terms = await readTerms(flags.jobTerms);
    const made = await makeEscrow(terms, { chain, wallet, dataDir: flags.dataDir, signal });
    output.tell(
      `${formatAmount(made.amount)} CYXWIZ in escrow ${made.escrow} for job ${made.jobId}\n  tx ${made.signature}`,
      { event: "escrow", ...made },
    );
  };
  return withWallet(addDataDirOption(command, "engine"), "payer", make, ({ jobTerms }) => jobTerms === "-");
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
