import { type Escrow, findEscrowAddress, JOB_ESCROW_PROGRAM_ADDRESS } from "@cyxwiz/contracts";
import { CyxwizError } from "@cyxwiz/errors";
import { decodeEscrow, type FoundEscrow, findEscrows } from "@cyxwiz/node/operator";
import { type Address, fetchEncodedAccount, isAddress } from "@solana/kit";
import { Argument } from "commander";
import type { ChainContext } from "../options/on-chain.ts";

const SLOT = /^\d{1,9}$/;
const JOB_ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** The escrow that a command is about. */
export function escrowArgument(): Argument {
  return new Argument("<escrow>", "the escrow's address, the job's id, or the number of your slot");
}

/**
 * The escrow that somebody means: by its address, by the job it serves, or as the number of a payer's slot.
 *
 * @throws CyxwizError CONFIG_INVALID when there is none
 */
export async function findEscrow(context: ChainContext, reference: string, payer?: Address): Promise<FoundEscrow> {
  if (JOB_ID.test(reference)) {
    const { escrows, outdated } = await findEscrows(context, { jobId: reference.toLowerCase() });
    if (escrows[0]) return escrows[0];
    if (outdated[0] !== undefined) throw olderProgram(outdated[0]);
    throw unknown(reference, "no escrow serves this job now; a slot whose job has ended may serve another");
  }
  if (isAddress(reference)) return { address: reference, data: await readEscrow(context, reference) };
  if (SLOT.test(reference) && payer !== undefined) {
    const address = await findEscrowAddress(payer, Number(reference));
    return { address, data: await readEscrow(context, address) };
  }
  throw unknown(reference, "expected an escrow's address, a job's id, or the number of a slot");
}

/** An escrow by its address. Throws CONFIG_INVALID when there is none. */
export async function readEscrow({ chain, signal }: ChainContext, address: Address): Promise<Escrow> {
  const account = await fetchEncodedAccount(chain.rpc, address, { commitment: "confirmed", abortSignal: signal });
  if (!account.exists) throw unknown(address, "there is no such account; `cyxwiz wallet slots` lists yours");
  if (account.programAddress !== JOB_ESCROW_PROGRAM_ADDRESS) throw unknown(address, "it is no escrow");
  const escrow = decodeEscrow(account.data);
  if (escrow) return escrow;
  throw olderProgram(address);
}

function olderProgram(address: Address): CyxwizError {
  return unknown(address, `an older program made it; \`cyxwiz admin migrate ${address}\` brings it up to date`);
}

function unknown(source: string, problem: string): CyxwizError {
  return new CyxwizError("CONFIG_INVALID", { source, problem });
}
