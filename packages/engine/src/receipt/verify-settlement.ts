import { readTransaction, type TokenChange, tokenChanges } from "@cyxwiz/chain";
import {
  decodeProgramEvents,
  EscrowOutcome,
  EscrowState,
  fetchEscrow,
  fetchPlatform,
  findPlatformAddress,
  jobIdFromBytes,
  type ProgramAddresses,
} from "@cyxwiz/contracts";
import { CyxwizError } from "@cyxwiz/errors";
import { toHex } from "@cyxwiz/proof";
import { address, type GetAccountInfoApi, type GetTransactionApi, type Rpc } from "@solana/kit";
import { checkMoves, expectSame } from "./check-moves.ts";
import type { Receipt, ReceiptLine } from "./receipt.ts";

/** What the Engine knows of a settled job without asking anyone. */
export interface ExpectedSettlement {
  readonly jobId: string;
  readonly escrow: string;
  readonly nonce: bigint;
  readonly amount: bigint;
  readonly resultHash: string;
  /** Over all checkpoints the Engine has seen and the result; `undefined` when it has not seen them all. */
  readonly root: string | undefined;
  readonly payer: string;
  readonly node: string;
  readonly escrowSignature: string;
  readonly anchorSignature: string;
  readonly paymentSignature: string;
}

/**
 * Reads from the chain that the job was proved and paid for exactly as agreed.
 *
 * @throws CyxwizError `RECEIPT_MISMATCH` naming what differs.
 */
export async function verifySettlement(
  rpc: Rpc<GetAccountInfoApi & GetTransactionApi>,
  expected: ExpectedSettlement,
  options: { programs: ProgramAddresses; signal: AbortSignal },
): Promise<Receipt> {
  const { amount, signal } = { ...expected, ...options };
  const read = { commitment: "confirmed", abortSignal: signal } as const;
  const escrow = (await fetchEscrow(rpc, address(expected.escrow), read)).data;
  expectSame("the escrow's job", expected.jobId, jobIdFromBytes(escrow.jobId));
  expectSame("the escrow's use", `${expected.nonce}`, `${escrow.nonce}`);
  expectSame("the escrow's state", EscrowState.Settled, escrow.state);
  expectSame("the escrow's outcome", EscrowOutcome.Completed, escrow.outcome);
  expectSame("the result's hash on chain", expected.resultHash, toHex(escrow.resultHash as Uint8Array));
  const root = toHex(escrow.root as Uint8Array);
  if (expected.root !== undefined) expectSame("the root on chain", expected.root, root);

  const platform = (await fetchPlatform(rpc, await findPlatformAddress(options.programs), read)).data;
  const { vault } = escrow;
  const [anchored, created, paid] = await Promise.all([
    // A node that was paid without Central's help has put its root there itself.
    expected.anchorSignature === ""
      ? []
      : tokenChanges(rpc, expected.anchorSignature, { what: "the anchored root", signal }),
    tokenChanges(rpc, expected.escrowSignature, { what: "the escrow", signal }),
    readTransaction(rpc, expected.paymentSignature, { what: "the payment", signal }),
  ]);
  const ends = decodeProgramEvents(paid.logs, options.programs).filter((event) => event.name === "EscrowSettled");
  const end = ends.find(({ data }) => data.escrow === expected.escrow && data.nonce === expected.nonce);
  if (!end) throw missing("the payment's event");
  // Anchoring moves nothing; reading it proves that it is there and has not failed.
  const moved = anchored.filter((change) => change.after !== change.before).length;
  expectSame("the number of balances that anchoring moved", 0, moved);

  const deposit = take(created, "the payer's deposit", (change) => change.account === escrow.payerToken);
  const back = take(paid.changes, "the payer's rest", (change) => change.account === escrow.payerToken);
  const node = take(
    paid.changes,
    "the node's pay",
    (change) => change.owner === expected.node && change.mint === escrow.mint,
  );
  const fee = take(paid.changes, "the platform's fee", (change) => change.account === platform.treasury);
  const emptied = take(paid.changes, "the vault", (change) => change.account === vault);
  const settled = end.data;
  checkMoves({ deposit, node, fee, back, vault: emptied, settled, alone: ends.length === 1 }, amount, escrow.feeBps);

  return {
    jobId: expected.jobId,
    escrow: expected.escrow,
    mint: escrow.mint,
    amount,
    root,
    resultHash: expected.resultHash,
    escrowSignature: expected.escrowSignature,
    anchorSignature: expected.anchorSignature,
    paymentSignature: expected.paymentSignature,
    lines: [
      line("payer", deposit, { after: back.after, change: settled.toPayer - amount }),
      line("node", node, { after: node.after, change: settled.toNode }),
      line("platform", fee, { after: fee.after, change: settled.toTreasury }),
    ],
  };
}

function line(
  role: ReceiptLine["role"],
  { account, owner, before }: TokenChange,
  { after, change }: { after: bigint; change: bigint },
): ReceiptLine {
  return { role, wallet: owner, tokenAccount: account, before, after, change };
}

function take(changes: readonly TokenChange[], what: string, which: (change: TokenChange) => boolean): TokenChange {
  const found = changes.find(which);
  if (found) return found;
  throw missing(what);
}

function missing(what: string): CyxwizError {
  return new CyxwizError("RECEIPT_MISMATCH", { what, expected: "in the transaction", actual: "not there" });
}
