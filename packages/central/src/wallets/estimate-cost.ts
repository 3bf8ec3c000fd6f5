import { CyxwizError } from "@cyxwiz/errors";
import { workDurationMs } from "../pricing/duration.ts";
import { price } from "../pricing/price.ts";
import { TIER_TENTHS, type Tier } from "../pricing/rates.ts";

/** Floating point operations that one sample of one epoch is taken to cost, by kind of model. */
const FLOPS_PER_SAMPLE: Readonly<Record<string, bigint>> = {
  mlp: 1_500_000n,
  cnn: 30_000_000n,
  rnn: 30_000_000n,
  lstm: 60_000_000n,
  transformer: 300_000_000n,
};
const USUAL_FLOPS_PER_SECOND = 20_000_000_000n;
const USUAL_MEMORY_BYTES = 512n << 20n;

/** A rough price from little; SubmitJob gives the exact one. Throws INVALID_FIELD. */
export function estimateCost(request: {
  readonly modelType: string;
  readonly epochs: number;
  readonly datasetSize: number;
  readonly nodeTier: string;
}): { amount: bigint; minutes: number; breakdown: string } {
  const perSample = FLOPS_PER_SAMPLE[request.modelType.toLowerCase() || "mlp"];
  if (perSample === undefined) {
    throw invalid("model_type", `must be one of ${Object.keys(FLOPS_PER_SAMPLE).join(", ")}`);
  }
  if (request.epochs < 1) throw invalid("epochs", "must be at least 1");
  if (request.datasetSize < 1) throw invalid("dataset_size", "must be at least 1");
  const tier = (request.nodeTier.toLowerCase() || "bronze") as Tier;
  if (!Object.hasOwn(TIER_TENTHS, tier)) {
    throw invalid("node_tier", `must be one of ${Object.keys(TIER_TENTHS).join(", ")}`);
  }
  const flops = perSample * BigInt(request.epochs) * BigInt(request.datasetSize);
  const durationMs = workDurationMs(flops, USUAL_FLOPS_PER_SECOND);
  const amount = price({
    compute: "cpu",
    ramBytes: USUAL_MEMORY_BYTES,
    vramBytes: 0n,
    durationMs,
    priority: "normal",
    tier,
  });
  const breakdown = JSON.stringify({ tier, flops: flops.toString(), seconds: Number(durationMs) / 1_000 });
  return { amount, minutes: Number(durationMs) / 60_000, breakdown };
}

function invalid(field: string, problem: string): CyxwizError {
  return new CyxwizError("INVALID_FIELD", { field, problem });
}
