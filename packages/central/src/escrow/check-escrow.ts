import { EscrowState, jobIdFromBytes } from "@cyxwiz/contracts";
import { CyxwizError } from "@cyxwiz/errors";
import { toHex } from "@cyxwiz/proof";
import type { EscrowOnChain } from "../platform/platform-chain.ts";

/** What the payer was asked to sign. */
export interface ExpectedEscrow {
  readonly address: string;
  readonly program: string;
  /** Which use of the slot the transaction made. */
  readonly nonce: bigint;
  readonly jobId: string;
  readonly amount: bigint;
  readonly mint: string;
  readonly payer: string;
  readonly node: string;
  /** Unix seconds; a later one is as good. */
  readonly deadline: bigint;
  /** Hex. */
  readonly termsHash: string;
  /** The job's epochs. */
  readonly checkpoints: number;
}

/**
 * Compares an escrow on chain with what was agreed. Whether its node is paid at once or after the challenge window is the
 * payer's to say.
 *
 * @throws CyxwizError ESCROW_MISMATCH naming the first field that differs
 */
export function checkEscrow(found: EscrowOnChain, expected: ExpectedEscrow): void {
  const { escrow, vault } = found;
  same("owner program", expected.program, found.owner);
  if (!escrow) throw mismatch("layout", "an escrow of a known version", "something else");
  same("address", expected.address, found.expectedAddress ?? "none");
  same("job id", expected.jobId, jobIdFromBytes(escrow.jobId));
  same("nonce", expected.nonce.toString(), escrow.nonce.toString());
  same("state", stateName(EscrowState.Created), stateName(escrow.state));
  same("amount", expected.amount.toString(), escrow.amount.toString());
  same("mint", expected.mint, escrow.mint);
  same("payer", expected.payer, escrow.payer);
  same("node", expected.node, escrow.node);
  if (escrow.deadline < expected.deadline) {
    throw mismatch("deadline", `at least ${expected.deadline}`, escrow.deadline.toString());
  }
  same("terms hash", expected.termsHash, toHex(new Uint8Array(escrow.termsHash)));
  same("checkpoints", String(expected.checkpoints), String(escrow.checkpoints));
  if (!vault) throw mismatch("vault", "a token account", "nothing");
  same("vault's mint", expected.mint, vault.mint);
  same("vault's owner", expected.address, vault.owner);
  if (vault.amount < expected.amount) {
    throw mismatch("vault balance", `at least ${expected.amount}`, vault.amount.toString());
  }
}

function same(field: string, expected: string, actual: string): void {
  if (expected !== actual) throw mismatch(field, expected, actual);
}

function mismatch(field: string, expected: string, actual: string): CyxwizError {
  return new CyxwizError("ESCROW_MISMATCH", { field, expected, actual });
}

function stateName(state: EscrowState): string {
  return Object.entries(EscrowState).find(([, value]) => value === state)?.[0] ?? String(state);
}
