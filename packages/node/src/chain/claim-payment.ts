import { type Chain, chainTime, createTokenAccount, sendAndConfirm, wait } from "@cyxwiz/chain";
import {
  DEFAULT_PROGRAM_ADDRESSES,
  type Escrow,
  EscrowOutcome,
  EscrowState,
  fetchPlatform,
  fetchRegistry,
  findPlatformAddress,
  findRegistryAddress,
  getCommitProofInstruction,
  getCompletePaymentInstruction,
  getEscrowDecoder,
  getReportInstruction,
  getRevealProofInstruction,
  NodeFault,
  type ProgramAddresses,
} from "@cyxwiz/contracts";
import { CyxwizError } from "@cyxwiz/errors";
import { completionProof, equalBytes, hashFromHex, jobRoot, proofCommitment } from "@cyxwiz/proof";
import {
  type Address,
  address,
  fetchEncodedAccount,
  getAddressEncoder,
  type Instruction,
  type KeyPairSigner,
} from "@solana/kit";
import { type KeptProof, readProof } from "../jobs/kept-proof.ts";

const SLOT_POLL_MS = 100;
const IN_DISPUTE: readonly EscrowState[] = [EscrowState.Disputed, EscrowState.Resolved, EscrowState.Appealed];

/** Which job to claim the pay of, and with what. */
export interface ClaimOptions {
  readonly chain: Chain;
  /** The node's wallet: signs, pays the fees, and gets the pay. */
  readonly wallet: KeyPairSigner;
  /** Where the node keeps its jobs. */
  readonly dataDir: string;
  readonly jobId: string;
  readonly programs?: ProgramAddresses;
  readonly signal?: AbortSignal;
}

/** How far the claim has come. */
export type Claim =
  | { readonly kind: "paid"; readonly signature: string }
  /** The work is proven; the pay can be had from this time on (Unix seconds), unless the payer disputes it. */
  | { readonly kind: "proven"; readonly payableFrom: bigint }
  /** The arbiter decides. */
  | { readonly kind: "disputed" }
  /** It was over already. */
  | { readonly kind: "settled"; readonly outcome: keyof typeof EscrowOutcome };

/**
 * Goes as far as the chain allows now towards the pay for a finished job, without Central: commits to the proof that is
 * kept on disk, reveals it, and after the challenge window has the escrow pay. Call it again when it is time; it does
 * nothing twice.
 *
 * @example
 * const claim = await claimPayment({ chain, wallet, dataDir, jobId });
 * if (claim.kind === "proven") console.log(`again at ${claim.payableFrom}`);
 *
 * @throws CyxwizError JOB_NOT_FOUND (no proof of this job on disk), ESCROW_MISMATCH (the escrow is another job's by now),
 * NOT_POSSIBLE_NOW, TRANSACTION_FAILED, UNREACHABLE, ABORTED
 */
export async function claimPayment(options: ClaimOptions): Promise<Claim> {
  const proof = proofOf(readProof(options.dataDir, options.jobId));
  for (;;) {
    const escrow = await readEscrow(options, proof);
    if (escrow.state === EscrowState.Settled) return { kind: "settled", outcome: outcomeName(escrow.outcome) };
    if (IN_DISPUTE.includes(escrow.state)) return { kind: "disputed" };
    if (isProven(escrow, proof)) return claimProven(options, escrow, proof);
    if (escrow.state === EscrowState.Created) throw notNow("its start has never reached the chain.");
    if (isCommitted(escrow, proof)) await reveal(options, escrow, proof);
    else await commit(options, proof);
  }
}

type Proof = ReturnType<typeof proofOf>;

function proofOf(kept: KeptProof) {
  const checkpoints = kept.checkpoints.map((hex) => hashFromHex(hex, "checkpoints"));
  const resultHash = hashFromHex(kept.resultHash, "resultHash");
  const escrow = address(kept.escrow);
  const nonce = BigInt(kept.nonce);
  const revealed = { root: jobRoot(checkpoints, resultHash), resultHash, leafCount: checkpoints.length + 1 };
  const commitment = proofCommitment({
    escrow: new Uint8Array(getAddressEncoder().encode(escrow)),
    nonce,
    ...revealed,
  });
  return { escrow, nonce, checkpoints, revealed, commitment };
}

async function readEscrow({ chain, programs, signal }: ClaimOptions, { escrow, nonce }: Proof): Promise<Escrow> {
  const account = await fetchEncodedAccount(chain.rpc, escrow, at(signal));
  const decoder = getEscrowDecoder();
  const isOurs =
    account.exists &&
    account.programAddress === (programs ?? DEFAULT_PROGRAM_ADDRESSES).jobEscrow &&
    account.data.length === decoder.fixedSize;
  const data = isOurs ? decoder.decode(account.data) : undefined;
  if (data?.nonce === nonce) return data;
  const actual = data === undefined ? "none" : data.nonce.toString();
  throw new CyxwizError("ESCROW_MISMATCH", { field: "nonce", expected: nonce.toString(), actual });
}

function isProven({ state, root, resultHash }: Escrow, { revealed }: Proof): boolean {
  return (
    state === EscrowState.Proven &&
    equalBytes(new Uint8Array(root), revealed.root) &&
    equalBytes(new Uint8Array(resultHash), revealed.resultHash)
  );
}

function isCommitted({ state, proofCommitment }: Escrow, { commitment }: Proof): boolean {
  return state === EscrowState.Committed && equalBytes(new Uint8Array(proofCommitment), commitment);
}

async function commit(options: ClaimOptions, { escrow, nonce, commitment }: Proof): Promise<void> {
  const { platform, program } = await programOf(options);
  const use = { authority: options.wallet, platform, escrow, nonce };
  await send(options, "Committing to the proof", [getCommitProofInstruction({ ...use, commitment }, program)]);
}

async function reveal(options: ClaimOptions, { committedSlot }: Escrow, proof: Proof): Promise<void> {
  const { chain, wallet, signal } = options;
  const slot = () => chain.rpc.getSlot({ commitment: "processed" }).send(signal ? { abortSignal: signal } : {});
  while ((await slot()) <= committedSlot) await wait(SLOT_POLL_MS, "The next slot", signal);
  const { platform, program } = await programOf(options);
  const { escrow, nonce, revealed } = proof;
  const instruction = getRevealProofInstruction({ authority: wallet, platform, escrow, nonce, ...revealed }, program);
  await send(options, "Revealing the proof", [instruction]);
}

async function claimProven(options: ClaimOptions, escrow: Escrow, proof: Proof): Promise<Claim> {
  const payableFrom = escrow.anchoredAt + escrow.challengeWindowSeconds;
  if ((await chainTime(options.chain, options.signal)) < payableFrom) return { kind: "proven", payableFrom };
  const { chain, wallet, signal, programs = DEFAULT_PROGRAM_ADDRESSES } = options;
  const { platform, program } = await programOf(options);
  const [{ data: terms }, { data: registry }] = await Promise.all([
    fetchPlatform(chain.rpc, platform, at(signal)),
    findRegistryAddress(programs).then((found) => fetchRegistry(chain.rpc, found, at(signal))),
  ]);
  const { mint, vault, payerToken, nonce } = escrow;
  const holding = { owner: wallet.address, mint, ...(signal && { signal }) };
  const pay = getCompletePaymentInstruction(
    {
      authority: wallet,
      platform,
      escrow: proof.escrow,
      vault,
      nodeToken: await createTokenAccount(chain, { feePayer: wallet, ...holding }),
      treasury: terms.treasury,
      payerToken,
      nonce,
      ...completionProof(proof.checkpoints, proof.revealed.resultHash),
    },
    program,
  );
  const signature = await send(options, "Claiming the pay", [pay]);
  // The pay is in; that the registry hears of it can be made up for by anybody.
  const { insurance } = registry;
  const report = await getReportInstruction(
    proof.escrow,
    { ...escrow, fault: NodeFault.None },
    { insurance, programs },
  );
  await send(options, "Reporting the outcome", [report]).catch(() => undefined);
  return { kind: "paid", signature };
}

async function programOf({ programs = DEFAULT_PROGRAM_ADDRESSES }: ClaimOptions) {
  const platform: Address = await findPlatformAddress(programs);
  return { platform, program: { programAddress: programs.jobEscrow } };
}

function send({ chain, wallet, signal }: ClaimOptions, what: string, instructions: Instruction[]): Promise<string> {
  return sendAndConfirm(chain, { what, instructions, feePayer: wallet, attempts: 2, ...(signal && { signal }) });
}

function at(signal: AbortSignal | undefined) {
  return { commitment: "confirmed", ...(signal && { abortSignal: signal }) } as const;
}

function notNow(problem: string): CyxwizError {
  return new CyxwizError("NOT_POSSIBLE_NOW", { what: "Claiming the pay", problem });
}

function outcomeName(outcome: EscrowOutcome): keyof typeof EscrowOutcome {
  const found = Object.entries(EscrowOutcome).find(([, value]) => value === outcome);
  return (found?.[0] ?? "None") as keyof typeof EscrowOutcome;
}
