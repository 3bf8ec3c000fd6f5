import { create } from "@bufbuild/protobuf";
import { jobIdToBytes } from "@cyxwiz/contracts";
import { hashJobTerms } from "@cyxwiz/proof";
import {
  type EscrowTerms,
  EscrowTermsSchema,
  JobConfigSchema,
  NodeAssignmentSchema,
  SubmitJobResponseSchema,
} from "@cyxwiz/protocol";
import { expect, test } from "vitest";
import { checkQuote } from "./quote.ts";

const JOB_ID = "0196f2a0-0000-7000-8000-000000000001";
const asked = create(JobConfigSchema, { modelDefinition: "{}", batchSize: 32, epochs: 2, datasetSha256: "ab" });
const limits = { maxCost: 1_000n, jobEscrowProgram: "escrow", nodeRegistryProgram: "registry", mint: "mint" };

function answer(
  change: Partial<Omit<EscrowTerms, "$typeName" | "$unknown">> = {},
  nodePublicKey = "wallet",
  cost = change.amount ?? 900n,
) {
  return create(SubmitJobResponseSchema, {
    jobId: JOB_ID,
    nodeAssignment: create(NodeAssignmentSchema, { nodeId: "n", nodePublicKey }),
    estimatedCostCyxwiz: cost,
    escrowTerms: create(EscrowTermsSchema, {
      jobEscrowProgram: "escrow",
      nodeRegistryProgram: "registry",
      mint: "mint",
      nodeWallet: "wallet",
      jobId: jobIdToBytes(JOB_ID),
      amount: 900n,
      checkpoints: 2,
      termsHash: hashJobTerms({ ...asked, jobId: JOB_ID }),
      ...change,
    }),
  });
}

test("a quote for what was asked is taken, with the job's id in the configuration", () => {
  const quote = checkQuote(answer(), asked, limits);
  expect(quote.config).toMatchObject({ jobId: JOB_ID, epochs: 2 });
  expect(quote.terms.amount).toBe(900n);
});

test("a quote above the limit is refused, one at the limit is taken", () => {
  expect(checkQuote(answer({ amount: 1_000n }), asked, limits).terms.amount).toBe(1_000n);
  expect(() => checkQuote(answer({ amount: 1_001n }), asked, limits)).toThrow(
    expect.objectContaining({ code: "QUOTE_TOO_HIGH" }),
  );
});

test("every term that is not the job's own is refused before anything is signed", () => {
  const wrong = [
    answer({ jobEscrowProgram: "thief" }),
    answer({ nodeRegistryProgram: "thief" }),
    answer({ mint: "play money" }),
    answer({ nodeWallet: "thief" }),
    answer({}, "another wallet"),
    answer({ jobId: jobIdToBytes("0196f2a0-0000-7000-8000-000000000002") }),
    answer({ termsHash: hashJobTerms({ ...asked, jobId: JOB_ID, epochs: 1 }) }),
    answer({ checkpoints: 1 }),
    answer({}, "wallet", 899n),
    create(SubmitJobResponseSchema, { jobId: JOB_ID }),
  ];
  for (const response of wrong) {
    expect(() => checkQuote(response, asked, limits)).toThrow(expect.objectContaining({ code: "QUOTE_MISMATCH" }));
  }
});
