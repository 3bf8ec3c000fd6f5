import { getAddressEncoder, getBase58Decoder } from "@solana/kit";
import { expect, test } from "vitest";
import { ESCROW_OFFSETS } from "./escrow-offsets.ts";
import { getEscrowDecoder } from "./generated/job-escrow/index.ts";

test("the offsets are those of the account's layout", () => {
  const bytes = new Uint8Array(getEscrowDecoder().fixedSize);
  const marked = (value: number, length = 32) => new Uint8Array(length).fill(value);
  bytes.set(marked(1), ESCROW_OFFSETS.payer);
  bytes.set(marked(2), ESCROW_OFFSETS.node);
  bytes.set(marked(3, 16), ESCROW_OFFSETS.jobId);
  const { payer, node, jobId } = getEscrowDecoder().decode(bytes);
  expect(getAddressEncoder().encode(payer)).toEqual(marked(1));
  expect(node).toBe(getBase58Decoder().decode(marked(2)));
  expect(jobId).toEqual(marked(3, 16));
});
