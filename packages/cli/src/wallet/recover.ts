import { createChain, loadKeypairFile } from "@cyxwiz/chain";
import { createEngine } from "@cyxwiz/engine";
import { Command } from "commander";
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
import { createOutput } from "../output/output.ts";
import { stopSignal } from "../process/stop-signal.ts";

interface RecoverFlags extends CommonOptions, ChainOptions, CentralClientOptions {
  readonly wallet: string;
  readonly dataDir: string;
  readonly job?: string;
}

export function recoverCommand(): Command {
  const command = new Command("recover")
    .description("get back what a `cyxwiz train` that crashed has left in escrow")
    .option("--job <id>", "give this job up (default: list the jobs there are)");
  return addCommonOptions(
    addDataDirOption(addCentralClientOptions(addChainOptions(addWalletOption(command, "payer"))), "engine"),
  ).action(run);
}

async function run(flags: RecoverFlags): Promise<void> {
  const signal = stopSignal(flags);
  const output = createOutput(flags);
  const certificatePem = await readPem(flags.centralCertificate);
  const engine = createEngine({
    central: { url: flags.centralUrl, ...(certificatePem === undefined ? {} : { certificatePem }) },
    chain: createChain({ rpcUrls: [flags.rpcUrl], wsUrl: flags.wsUrl, signal }),
    wallet: await loadKeypairFile(flags.wallet),
    dataDir: flags.dataDir,
  });
  try {
    if (flags.job === undefined) {
      const jobs = await engine.unfinished();
      output.tell(jobs.length === 0 ? "no job is unfinished" : jobs.join("\n"), { event: "unfinished", jobs });
      return;
    }
    const recovery = await engine.recover(flags.job, { signal });
    output.tell(recovery, { event: "recovered", jobId: flags.job, recovery });
  } finally {
    engine.close();
  }
}
