import type { EpochChoice } from "@cyxwiz/engine";
import { isCyxwizError } from "@cyxwiz/errors";
import { Command, Option } from "commander";
import { z } from "zod";
import { checkedArgument, checkedOption } from "../options/checked-option.ts";
import {
  addCentralClientOptions,
  addChainOptions,
  addCommonOptions,
  addDataDirOption,
  addWalletOption,
  type CentralClientOptions,
  type ChainOptions,
  type CommonOptions,
} from "../options/common.ts";
import { readPem } from "../options/read-pem.ts";
import { positiveInteger } from "../options/schemas.ts";
import { EndsWith, EXIT } from "../output/exit-code.ts";
import { createOutput } from "../output/output.ts";
import { stopSignal } from "../process/stop-signal.ts";

/** Replayed where the command line chooses no epochs. */
const DEFAULT_EPOCHS = 3;

interface VerifyFlags extends CommonOptions, ChainOptions, CentralClientOptions {
  readonly wallet: string;
  readonly dataDir: string;
  readonly epoch?: number;
  readonly epochs?: number;
  readonly all: boolean;
  readonly jobFile?: string;
}

export function verifyCommand(): Command {
  const command = new Command("verify")
    .description("replay epochs of a job that you paid for, and say whether its node trained them as agreed")
    .addArgument(checkedArgument("<JOB>", "its id", { schema: z.uuid("a job's id is a UUID") }))
    .addOption(
      checkedOption("--epoch <number>", "replay this one", { schema: positiveInteger }).conflicts(["epochs", "all"]),
    )
    .addOption(
      checkedOption("--epochs <count>", `replay so many by chance (default: ${DEFAULT_EPOCHS})`, {
        schema: positiveInteger,
      }).conflicts(["all"]),
    )
    .addOption(new Option("--all", "replay the whole job from its start; takes as long as training it").default(false))
    .addOption(
      checkedOption("--job-file <JOB.json>", "take model and data from here (default: from the node, checked)", {
        schema: z.string().min(1),
      }),
    );
  return addCommonOptions(
    addDataDirOption(addCentralClientOptions(addChainOptions(addWalletOption(command, "job's payer"))), "engine"),
  ).action(run);
}

async function run(jobId: string, flags: VerifyFlags): Promise<void> {
  const signal = stopSignal(flags);
  const output = createOutput(flags);
  const holds = await verify(jobId, flags, { signal, output }).catch((cause: unknown) => {
    // It was neither found to hold nor found not to.
    throw isCyxwizError(cause, "ABORTED") ? cause : new EndsWith(EXIT.usage, { cause });
  });
  if (!holds) throw new EndsWith(EXIT.failure);
}

async function verify(
  jobId: string,
  flags: VerifyFlags,
  { signal, output }: { signal: AbortSignal; output: ReturnType<typeof createOutput> },
): Promise<boolean> {
  const [{ createEngine, loadJobFile }, { createChain, loadKeypairFile }, { describeReplay, describeVerdict }] =
    await Promise.all([import("@cyxwiz/engine"), import("@cyxwiz/chain"), import("../verify/describe-verdict.ts")]);
  const [wallet, certificatePem, own] = await Promise.all([
    loadKeypairFile(flags.wallet),
    readPem(flags.centralCertificate),
    flags.jobFile === undefined ? undefined : loadJobFile(flags.jobFile, { signal }),
  ]);
  const engine = createEngine({
    central: { url: flags.centralUrl, ...(certificatePem !== undefined && { certificatePem }) },
    chain: createChain({ rpcUrls: [flags.rpcUrl], wsUrl: flags.wsUrl, signal }),
    wallet,
    dataDir: flags.dataDir,
  });
  try {
    const verdict = await engine.verify(jobId, {
      choice: choiceOf(flags),
      ...(own && { own }),
      signal,
      onReplayed: (replayed) => output.tell(describeReplay(replayed), { event: "replayed", ...replayed }),
    });
    const { replayed: _, ...result } = verdict;
    output.tell(describeVerdict(verdict), { event: "verdict", ...result });
    return verdict.holds;
  } finally {
    engine.close();
  }
}

function choiceOf({ all, epoch, epochs = DEFAULT_EPOCHS }: VerifyFlags): EpochChoice {
  if (all) return { kind: "all" };
  return epoch === undefined ? { kind: "random", count: epochs } : { kind: "epochs", epochs: [epoch] };
}
