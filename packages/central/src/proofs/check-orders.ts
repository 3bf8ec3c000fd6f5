import { isSignedBy } from "@cyxwiz/chain";
import { jobIdToBytes } from "@cyxwiz/contracts";
import { CyxwizError, isCyxwizError } from "@cyxwiz/errors";
import { encodeParameterOrder, toHex } from "@cyxwiz/proof";
import type { EpochCommitment, ParameterOrder } from "@cyxwiz/protocol";
import { checkChange, type TrainingSpec } from "@cyxwiz/training";
import type { Job, StoredOrder } from "../database/schema/index.ts";

const MAX_ORDERS = 256;
const PARAMETERS: readonly string[] = ["learning_rate", "batch_size"];

/**
 * Checks the orders to change parameters that a link names: each is for that epoch, of parameters that can be changed, and
 * by the payer; without a signature it may change the learning rate alone, which does not change the work.
 *
 * @returns them as they are stored; nothing where there are none
 * @throws CyxwizError PROOF_INVALID
 */
export async function checkOrders(job: Job, spec: TrainingSpec, link: EpochCommitment): Promise<StoredOrder[] | null> {
  if (link.orders.length === 0) return null;
  if (link.orders.length > MAX_ORDERS) throw invalid(job, link, `${link.orders.length} orders at once`);
  for (const order of link.orders) await checkOrder(job, spec, link, order);
  return link.orders.map(({ firstEpoch, parameters, signature }) => ({
    firstEpoch,
    parameters,
    signature: toHex(signature),
  }));
}

async function checkOrder(job: Job, spec: TrainingSpec, link: EpochCommitment, order: ParameterOrder): Promise<void> {
  const { firstEpoch, parameters, signature } = order;
  if (firstEpoch !== link.epoch) throw invalid(job, link, `an order for epoch ${firstEpoch}`);
  const unknown = Object.keys(parameters).filter((name) => !PARAMETERS.includes(name));
  if (unknown.length > 0) throw invalid(job, link, `an order of ${unknown.join(", ")}`);
  const { learning_rate: learningRate, batch_size: batchSize } = parameters;
  const change = { ...(learningRate !== undefined && { learningRate }), ...(batchSize !== undefined && { batchSize }) };
  try {
    checkChange(spec, { firstEpoch, ...change });
  } catch (error) {
    throw invalid(job, link, `an order that cannot be: ${isCyxwizError(error) ? error.message : String(error)}`);
  }
  if (signature.length === 0 && batchSize === undefined) return;
  const signed = encodeParameterOrder({ jobId: jobIdToBytes(job.id), firstEpoch, parameters });
  if (!(await isSignedBy(job.payerWallet ?? "", signed, signature))) {
    throw invalid(job, link, "an order that its payer did not sign");
  }
}

function invalid(job: Job, link: EpochCommitment, problem: string): CyxwizError {
  return new CyxwizError("PROOF_INVALID", { jobId: job.id, problem: `epoch ${link.epoch} names ${problem}` });
}
