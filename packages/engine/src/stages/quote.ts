import { clone } from "@bufbuild/protobuf";
import type { Client } from "@connectrpc/connect";
import { jobIdToBytes } from "@cyxwiz/contracts";
import { CyxwizError, formatAmount } from "@cyxwiz/errors";
import { equalBytes, hashJobTerms, toHex } from "@cyxwiz/proof";
import {
  type EscrowTerms,
  fromWireError,
  type JobConfig,
  JobConfigSchema,
  type JobService,
  type NodeAssignment,
  type SubmitJobResponse,
} from "@cyxwiz/protocol";

/** What a job will cost, on which node, as both sides will sign it. */
export interface Quote {
  readonly jobId: string;
  /** The job's configuration with its id: what the terms' hash is over. */
  readonly config: JobConfig;
  readonly terms: EscrowTerms;
  readonly node: NodeAssignment;
}

export interface QuoteLimits {
  readonly maxCost: bigint | undefined;
  readonly jobEscrowProgram: string;
  readonly nodeRegistryProgram: string;
  readonly mint: string;
}

/**
 * Submits the job and checks every term of the answer before anything is signed; a quote that is refused frees the node.
 *
 * @throws CyxwizError `QUOTE_TOO_HIGH`, `QUOTE_MISMATCH`, or what Central refuses the job with.
 */
export async function submitForQuote(
  central: Client<typeof JobService>,
  config: JobConfig,
  options: { limits: QuoteLimits; signal: AbortSignal },
): Promise<Quote> {
  const response = await central.submitJob({ config }, { signal: options.signal });
  const failure = fromWireError(response.error);
  if (failure) throw failure;
  try {
    return checkQuote(response, config, options.limits);
  } catch (error) {
    // The node is held for nothing; if this fails too, the reservation ends by itself.
    const { jobId } = response;
    await central.cancelJob({ jobId, reason: "the quote was refused" }, { timeoutMs: 5_000 }).catch(() => {});
    throw error;
  }
}

/** The quote in Central's answer, once it is what was asked for. */
export function checkQuote(response: SubmitJobResponse, asked: JobConfig, limits: QuoteLimits): Quote {
  const { jobId, nodeAssignment: node, escrowTerms: terms } = response;
  if (!node || !terms) throw mismatch("the answer", "a node and escrow terms", "neither");
  const config = clone(JobConfigSchema, asked);
  config.jobId = jobId;
  expectSame("the job", toHex(jobIdToBytes(jobId)), toHex(terms.jobId));
  expectSame("the node", node.nodePublicKey, terms.nodeWallet);
  expectSame("the program", limits.jobEscrowProgram, terms.jobEscrowProgram);
  expectSame("the registry", limits.nodeRegistryProgram, terms.nodeRegistryProgram);
  expectSame("the token", limits.mint, terms.mint);
  const termsHash = hashJobTerms(config);
  if (!equalBytes(termsHash, terms.termsHash)) throw mismatch("the terms", toHex(termsHash), toHex(terms.termsHash));
  expectSame("the number of epochs", `${asked.epochs}`, `${terms.checkpoints}`);
  expectSame("the cost", `${terms.amount}`, `${response.estimatedCostCyxwiz}`);
  if (limits.maxCost !== undefined && terms.amount > limits.maxCost) {
    throw new CyxwizError("QUOTE_TOO_HIGH", {
      amount: `${formatAmount(terms.amount)} CYXWIZ`,
      maxCost: `${formatAmount(limits.maxCost)} CYXWIZ`,
    });
  }
  return { jobId, config, terms, node };
}

function expectSame(field: string, expected: string, actual: string): void {
  if (expected !== actual) throw mismatch(field, expected, actual);
}

function mismatch(field: string, expected: string, actual: string): CyxwizError {
  return new CyxwizError("QUOTE_MISMATCH", { field, expected, actual });
}
