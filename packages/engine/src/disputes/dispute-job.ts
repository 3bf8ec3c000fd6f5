import { retry, signBytes, wait } from "@cyxwiz/chain";
import { EscrowState } from "@cyxwiz/contracts";
import { CyxwizError, isCyxwizError } from "@cyxwiz/errors";
import {
  type Bisection,
  type Challenge,
  challengerMove,
  hashFromHex,
  playMove,
  type SignedMove,
  startBisection,
} from "@cyxwiz/proof";
import { type Dispute, DisputeParty, DisputeStage } from "@cyxwiz/protocol";
import { agreedJob, bisectionOf, changesOf, openNodeFiles } from "@cyxwiz/verify";
import { address } from "@solana/kit";
import type { EngineContext } from "../engine-context.ts";
import { openDispute } from "../escrow/open-dispute.ts";
import type { JobRequest } from "../job/job-request.ts";
import { ownJob } from "../verify/own-job.ts";
import { readCommitted } from "./committed.ts";
import type { DisputeEvent, DisputeResult } from "./dispute-event.ts";
import { ownChallenge } from "./own-challenge.ts";

const CALL_TIMEOUT_MS = 30_000;
const CALL_WITHIN_MS = 120_000;
const POLL_FIRST_MS = 50;
const POLL_MAX_MS = 1_000;
const DISPUTABLE: readonly EscrowState[] = [EscrowState.Running, EscrowState.Committed, EscrowState.Proven];

/** How to dispute a job, and whom to tell. */
export interface DisputeOptions {
  /** The job as the payer has it. Without it, model and data come from the node; either is held against the terms. */
  readonly own?: JobRequest;
  readonly onEvent?: (event: DisputeEvent) => void;
  readonly signal?: AbortSignal;
}

/**
 * Trains a job of this wallet again, whole; where that gives something else than its node has committed to, opens a dispute on
 * chain, unless it is open, and plays the exchange until the referee has decided.
 *
 * @throws CyxwizError `NOT_POSSIBLE_NOW` (the money has moved, nothing is committed to), `JOB_TERMS_MISMATCH`, what keeps the
 * node from serving, `TRANSACTION_FAILED`, `ABORTED`
 */
export async function disputeJob(
  context: EngineContext,
  jobId: string,
  { own, onEvent = () => {}, signal = new AbortController().signal }: DisputeOptions,
): Promise<DisputeResult> {
  const { proofs, chain, wallet, programs } = context;
  const central = calls(context, jobId, signal);
  const claimed = await proofs.getCommitments({ jobId }, { signal, timeoutMs: CALL_TIMEOUT_MS });
  let dispute = await central.get();
  const { about } = bisectionOf(dispute);
  const committed = await readCommitted(context, { claimed, about }, signal);
  const { escrow } = committed;
  const isOpen = escrow.state === EscrowState.Disputed;
  if (!isOpen && !DISPUTABLE.includes(escrow.state)) {
    throw notNow(jobId, "its escrow is settled, or decided already: there is nothing to dispute any more");
  }
  await using cleanups = new AsyncDisposableStack();
  const who = { claimed, own, payer: escrow.payer, node: escrow.node };
  const agreed = await readAgreed(context, who, { signal, cleanups });
  const onTrained = (epoch: number, isSame: boolean) => onEvent({ type: "trained", epoch, isSame });
  const challenge = await ownChallenge(committed, { ...agreed, onTrained, signal });
  if (challenge === undefined && !isOpen) return { kind: "nothing differs" };
  if (challenge === undefined) throw notNow(jobId, "nothing differs from what its node has committed to");

  if (dispute.stage === DisputeStage.NONE) {
    const opening = startBisection(about, 0n);
    const move = (await sign(context, opening, challenge)) as SignedMove;
    const opened = await playMove(opening, { by: "challenger", move, nowSeconds: 0n }, () => true);
    const evidence = opened.transcript;
    const signature = isOpen
      ? undefined
      : await openDispute(address(claimed.escrowAddress), evidence, { chain, wallet, programs, signal });
    onEvent({ type: "opened", evidence, position: challenge.last, ...(signature !== undefined && { signature }) });
    dispute = await central.move(move);
  }
  return play(context, { central, dispute, challenge, onEvent }, signal);
}

interface Game {
  readonly central: ReturnType<typeof calls>;
  readonly dispute: Dispute;
  readonly challenge: Challenge;
  readonly onEvent: (event: DisputeEvent) => void;
}

async function play(context: EngineContext, game: Game, signal: AbortSignal): Promise<DisputeResult> {
  const { central, challenge, onEvent } = game;
  let { dispute } = game;
  let told = 0;
  let pollMs = POLL_FIRST_MS;
  for (;;) {
    const state = bisectionOf(dispute);
    const { asked, turn, outcome } = state;
    if (dispute.verdict) return resultOf(dispute.verdict);
    const move = await sign(context, state, challenge);
    if (move) {
      if (asked && turn) {
        const own = challenge.positions[asked.position];
        const agrees = own !== undefined && Buffer.from(own).equals(asked.hash);
        onEvent({ type: "round", round: turn.round, position: asked.position, agrees });
      }
      dispute = await central.move(move);
      pollMs = POLL_FIRST_MS;
      continue;
    }
    if (outcome?.kind === "parted" && told++ === 0) onEvent({ type: "parted", epoch: outcome.epoch });
    await wait(pollMs, "The dispute", signal);
    pollMs = Math.min(pollMs * 1.5, POLL_MAX_MS);
    dispute = await central.get();
  }
}

async function sign(
  { wallet }: EngineContext,
  state: Bisection,
  challenge: Challenge,
): Promise<SignedMove | undefined> {
  const bytes = challengerMove(state, challenge);
  return bytes && { bytes, signature: await signBytes(wallet, bytes) };
}

function resultOf({ loser, reason, epoch, transcript, signer }: NonNullable<Dispute["verdict"]>): DisputeResult {
  const won = loser === DisputeParty.NODE;
  return { kind: "decided", won, reason, epoch, transcript: hashFromHex(transcript, "transcript"), signer };
}

async function readAgreed(
  context: EngineContext,
  job: {
    readonly claimed: Awaited<ReturnType<EngineContext["proofs"]["getCommitments"]>>;
    readonly own: JobRequest | undefined;
    readonly payer: string;
    readonly node: string;
  },
  { signal, cleanups }: { readonly signal: AbortSignal; readonly cleanups: AsyncDisposableStack },
) {
  const { claimed, own, payer, node: nodeWallet } = job;
  const { jobId } = claimed;
  const files = openNodeFiles(context, claimed, { nodeWallet, signal });
  const proof = await files.proof();
  const agreed = await agreedJob({ claimed, proof, files, own: own && (await ownJob(own, claimed)) }, cleanups);
  if ("problem" in agreed) throw notNow(jobId, `${agreed.problem}; give the job's own file`);
  const { changes, problems } = await changesOf(proof.orders, { jobId, payer, spec: agreed.spec });
  if (problems[0] !== undefined) throw notNow(jobId, problems[0]);
  return { agreed, changes };
}

function calls({ disputes }: EngineContext, jobId: string, signal: AbortSignal) {
  const options = { signal, timeoutMs: CALL_TIMEOUT_MS };
  const again = (call: () => Promise<Dispute>) =>
    retry(call, {
      ...{ what: "The dispute", signal, withinMs: CALL_WITHIN_MS },
      when: (error) => isCyxwizError(error, "UNREACHABLE") || isCyxwizError(error, "TOO_MANY_REQUESTS"),
    });
  return {
    get: () => again(() => disputes.getDispute({ jobId }, options)),
    move: ({ bytes: move, signature }: SignedMove) =>
      again(() => disputes.makeMove({ jobId, move: { move, signature } }, options)),
  };
}

function notNow(jobId: string, problem: string): CyxwizError {
  return new CyxwizError("NOT_POSSIBLE_NOW", { what: `A dispute about job ${jobId}`, problem });
}
