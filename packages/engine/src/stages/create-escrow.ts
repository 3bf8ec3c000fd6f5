import { buildAndSign, requireTokens } from "@cyxwiz/chain";
import {
  FLAG_AUTO_RELEASE,
  findNodeAddress,
  findPlatformAddress,
  findVaultAddress,
  getCreateEscrowInstructionAsync,
} from "@cyxwiz/contracts";
import { isCyxwizError } from "@cyxwiz/errors";
import type { EscrowTerms } from "@cyxwiz/protocol";
import { type Address, address, type Base64EncodedWireTransaction, signature } from "@solana/kit";
import { deliverSigned } from "../chain/deliver-signed.ts";
import type { EscrowContext } from "../engine-context.ts";
import { findSlot } from "../escrow/find-slot.ts";
import { readEscrow } from "../escrow/read-escrow.ts";
import { reportInstruction } from "../escrow/report-instruction.ts";
import type { JobRecord } from "../job/job-record.ts";

const ATTEMPTS = 3;

/** What an escrow is made for. */
export interface EscrowOrder {
  readonly jobId: string;
  readonly terms: EscrowTerms;
  readonly datasetSha256: string;
  /** Whether the node waits for its pay until the challenge window is over. */
  readonly review: boolean;
  /** Where the weights are to go. */
  readonly output?: string;
}

/**
 * Puts the amount of the terms into an escrow and waits until that is confirmed. What it sends is written down before, so
 * that a crash can neither pay twice nor lose sight of the tokens.
 *
 * @param onRecord told the record as soon as tokens may be on their way.
 * @throws CyxwizError `INSUFFICIENT_TOKENS`, `TRANSACTION_FAILED`, `TRANSACTION_EXPIRED`, `ABORTED`
 */
export async function createEscrow(
  context: EscrowContext,
  order: EscrowOrder,
  onRecord: (record: JobRecord) => void,
): Promise<JobRecord> {
  const { mint, amount } = order.terms;
  const needed = { owner: context.wallet.address, mint: address(mint), amount, signal: context.signal };
  const payerToken = await requireTokens(context.chain, needed);
  const avoid = new Set<number>();
  for (let attempt = 1; ; attempt++) {
    const { record, release } = await prepare(context, order, payerToken, avoid);
    try {
      await context.records.write(record);
      onRecord(record);
      const { signature: id, address: escrow, slot } = record.escrow;
      context.emit({ type: "escrow-created", signature: id, escrow, slot, amount: order.terms.amount });
      await sendEscrow(context, record, true);
      context.emit({ type: "escrow-confirmed", signature: id, escrow });
      return record;
    } catch (error) {
      // Another process of this wallet may have taken the slot, or the blockhash ran out: with a new one, again.
      const again = isCyxwizError(error, "TRANSACTION_FAILED") || isCyxwizError(error, "TRANSACTION_EXPIRED");
      if (!again || attempt === ATTEMPTS || (await readEscrow(context.chain.rpc, record, context.signal))) throw error;
      if (isCyxwizError(error, "TRANSACTION_FAILED")) avoid.add(record.escrow.slot);
    } finally {
      release();
    }
  }
}

/** Sends a recorded escrow, or finds that it has landed already. */
export async function sendEscrow(context: EscrowContext, { escrow }: JobRecord, preflight = false): Promise<void> {
  const signed = {
    signature: signature(escrow.signature),
    wireTransaction: escrow.transaction as Base64EncodedWireTransaction,
    lastValidBlockHeight: BigInt(escrow.lastValidBlockHeight),
  };
  await deliverSigned(context.chain, signed, { what: "Creating the escrow", signal: context.signal, preflight });
}

async function prepare(
  context: EscrowContext,
  { terms, datasetSha256, review, jobId, output }: EscrowOrder,
  payerToken: Address,
  avoid: ReadonlySet<number>,
): Promise<{ record: JobRecord; release: () => void }> {
  const { wallet, programs, chain, signal, slotsTaken } = context;
  const taken = new Set([...slotsTaken, ...avoid]);
  const place = await findSlot(chain, wallet.address, { programs, taken, signal });
  slotsTaken.add(place.slot);
  const release = () => slotsTaken.delete(place.slot);
  try {
    const report = place.unreported && (await reportInstruction(context, place.escrow, place.unreported));
    const create = await getCreateEscrowInstructionAsync(
      {
        payer: wallet,
        payerToken,
        node: await findNodeAddress(address(terms.nodeWallet), programs),
        platform: await findPlatformAddress(programs),
        escrow: place.escrow,
        vault: await findVaultAddress(place.escrow, programs),
        mint: address(terms.mint),
        slot: place.slot,
        nonce: place.nonce,
        jobId: terms.jobId,
        amount: terms.amount,
        termsHash: terms.termsHash,
        deadline: terms.deadline,
        checkpoints: terms.checkpoints,
        flags: terms.autoRelease && !review ? FLAG_AUTO_RELEASE : 0,
      },
      { programAddress: programs.jobEscrow },
    );
    const instructions = report === undefined ? [create] : [report, create];
    const signed = await buildAndSign(chain, { instructions, feePayer: wallet, signal });
    const record: JobRecord = {
      version: 1,
      jobId,
      payer: wallet.address,
      datasetSha256,
      node: terms.nodeWallet,
      ...(output === undefined ? {} : { output }),
      escrow: {
        address: place.escrow,
        slot: place.slot,
        nonce: `${place.nonce}`,
        amount: `${terms.amount}`,
        signature: signed.signature,
        transaction: signed.wireTransaction,
        lastValidBlockHeight: `${signed.lastValidBlockHeight}`,
      },
    };
    return { record, release };
  } catch (error) {
    release();
    throw error;
  }
}
