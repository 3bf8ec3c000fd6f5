import { Command } from "commander";
import { z } from "zod";
import { checkedOption } from "../options/checked-option.ts";
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
import { amount } from "../options/schemas.ts";
import { toJson } from "../output/to-json.ts";
import { stopSignal } from "../process/stop-signal.ts";

interface TrainFlags extends CommonOptions, ChainOptions, CentralClientOptions {
  readonly dataDir: string;
  readonly wallet: string;
  readonly output?: string;
  readonly maxCost?: bigint;
}

export function trainCommand(): Command {
  const command = new Command("train")
    .description("have a model trained, pay for it through an escrow, and get its weights")
    .argument("<JOB.json>", "what to train on which data: see docs/job-format.md")
    .addOption(
      checkedOption("--output <file>", "where the weights go (default: as the job says)", {
        schema: z.string().min(1),
      }),
    )
    .addOption(
      checkedOption("--max-cost <tokens>", "refuse a dearer quote (default: as the job says)", {
        schema: amount,
        env: "CYXWIZ_MAX_COST",
      }),
    );
  return addCommonOptions(
    addDataDirOption(addCentralClientOptions(addChainOptions(addWalletOption(command, "payer"))), "engine"),
  ).action(run);
}

async function run(jobPath: string, flags: TrainFlags): Promise<void> {
  const signal = stopSignal(flags);
  const [
    { createEngine, loadJobFile },
    { createChain, loadKeypairFile },
    { reportJobEvent, reportJobResult },
    { createStepPrinter },
  ] = await Promise.all([
    import("@cyxwiz/engine"),
    import("@cyxwiz/chain"),
    import("../train/job-reporter.ts"),
    import("../output/step-printer.ts"),
  ]);
  const [wallet, certificatePem] = await Promise.all([
    loadKeypairFile(flags.wallet),
    readPem(flags.centralCertificate),
  ]);
  const engine = createEngine({
    central: { url: flags.centralUrl, ...(certificatePem === undefined ? {} : { certificatePem }) },
    chain: createChain({ rpcUrls: [flags.rpcUrl], wsUrl: flags.wsUrl }),
    wallet,
    dataDir: flags.dataDir,
    signal,
  });
  const tell = (event: object) => process.stdout.write(`${toJson(event)}\n`);
  if (flags.json) tell({ event: "ready", wallet: wallet.address });
  const printer = createStepPrinter(process.stdout);
  try {
    const request = await loadJobFile(jobPath, {
      signal,
      ...(flags.output === undefined ? {} : { output: flags.output }),
      ...(flags.maxCost === undefined ? {} : { maxCost: flags.maxCost }),
    });
    if (flags.json) tell({ event: "loaded", datasetBytes: request.dataset.length });
    const job = engine.submit(request);
    for await (const event of job) {
      if (flags.json) tell({ event: event.type, ...event });
      else reportJobEvent(printer, event);
    }
    const result = await job.result;
    if (flags.json) tell({ event: "result", ...result });
    else reportJobResult(printer, result);
  } finally {
    printer.end();
    engine.close();
  }
}
