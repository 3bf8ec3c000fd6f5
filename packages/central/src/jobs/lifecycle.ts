import { ERRORS } from "@cyxwiz/errors";

/** Every state a job can be in. */
export const JOB_STATES = [
  /** Made before there were escrows; nothing moves it but its end. */
  "PENDING",
  /** A node is reserved; the payer's escrow is awaited. */
  "PENDING_ESCROW",
  /** The escrow is verified; the engine may connect. */
  "ESCROW_CONFIRMED",
  "RUNNING",
  /** The proof holds; it is on the way to the chain. */
  "VERIFYING",
  /** The proof is on chain; the payment is on the way. */
  "PAYING",
  "COMPLETED",
  /** Payer and node are in dispute; the arbiter decides. */
  "DISPUTED",
  /** The reservation ended without an escrow. */
  "EXPIRED",
  "CANCELLED",
  "FAILED",
  /** The escrow is on its way back to the payer. */
  "REFUNDING",
  "REFUNDED",
] as const;
/** Where a job stands. */
export type JobState = (typeof JOB_STATES)[number];

/** Everything that can happen to a job. */
export const JOB_EVENTS = [
  "confirm",
  "expire",
  "accept",
  "complete",
  "anchored",
  "paid",
  "dispute",
  "cancel",
  "fail",
  "refund",
  "refunded",
] as const;
/** What moves a job. */
export type JobEvent = (typeof JOB_EVENTS)[number];

/**
 * The table of legal moves; what is not in it is refused. `paid` and `refunded` are read from the chain, which is the
 * truth: an escrow can reach either end by the payer's or anyone's own doing, whatever was intended here.
 */
export const LIFECYCLE: Readonly<Record<JobState, Readonly<Partial<Record<JobEvent, JobState>>>>> = {
  PENDING: { accept: "RUNNING", cancel: "CANCELLED", fail: "FAILED" },
  PENDING_ESCROW: { confirm: "ESCROW_CONFIRMED", expire: "EXPIRED", cancel: "CANCELLED" },
  ESCROW_CONFIRMED: {
    accept: "RUNNING",
    dispute: "DISPUTED",
    cancel: "CANCELLED",
    fail: "FAILED",
    // Its node may have started it on chain without saying so here.
    paid: "COMPLETED",
    refunded: "REFUNDED",
  },
  RUNNING: {
    complete: "VERIFYING",
    dispute: "DISPUTED",
    cancel: "CANCELLED",
    fail: "FAILED",
    paid: "COMPLETED",
    refunded: "REFUNDED",
  },
  VERIFYING: { anchored: "PAYING", dispute: "DISPUTED", fail: "FAILED", paid: "COMPLETED", refunded: "REFUNDED" },
  PAYING: { dispute: "DISPUTED", fail: "FAILED", paid: "COMPLETED", refunded: "REFUNDED" },
  COMPLETED: {},
  DISPUTED: { paid: "COMPLETED", refunded: "REFUNDED" },
  EXPIRED: { refund: "REFUNDING" },
  CANCELLED: { refund: "REFUNDING" },
  FAILED: { refund: "REFUNDING" },
  REFUNDING: { dispute: "DISPUTED", paid: "COMPLETED", refunded: "REFUNDED" },
  REFUNDED: {},
};

/** Where an event leads, or `undefined` when it may not happen in that state. */
export function after(state: JobState, event: JobEvent): JobState | undefined {
  return LIFECYCLE[state][event];
}

/** The states in which an event may happen. */
export function statesBefore(event: JobEvent): JobState[] {
  return JOB_STATES.filter((state) => LIFECYCLE[state][event] !== undefined);
}

/** Over for good: nothing is on its way, the job may be deleted. */
export const ENDED: readonly JobState[] = ["COMPLETED", "EXPIRED", "CANCELLED", "FAILED", "REFUNDED"];

/** States in which a node is kept for the job. */
export const HOLDING: readonly JobState[] = ["PENDING_ESCROW", "ESCROW_CONFIRMED", "RUNNING"];

/** States in which something has to be done on chain, or is awaited there. */
export const SETTLING: readonly JobState[] = ["VERIFYING", "PAYING", "REFUNDING", "DISPUTED"];

/** States in which the engine may connect to the node: to start the job, to watch it, to fetch the result. */
const CONNECTABLE: readonly JobState[] = [
  "ESCROW_CONFIRMED",
  "RUNNING",
  "VERIFYING",
  "PAYING",
  "DISPUTED",
  "COMPLETED",
];

/** States of a job whose tokens go back. If it was called off after its start, its node keeps what it had made of it. */
const GIVEN_BACK: readonly JobState[] = ["CANCELLED", "REFUNDING", "REFUNDED"];

/** Whether a job's engine may connect to its node: as {@link CONNECTABLE} says, and for the partial model of what was called off. */
export function isConnectable(job: {
  readonly status: string;
  readonly startedAt: Date | null;
  readonly failure: { readonly code: number } | null;
}): boolean {
  const state = job.status as JobState;
  if (CONNECTABLE.includes(state)) return true;
  const isCalledOff = job.failure === null || job.failure.code === ERRORS.JOB_STOPPED.number;
  return isCalledOff && job.startedAt !== null && GIVEN_BACK.includes(state);
}

/** Whether a job's node still has work to do for it. */
export function isOnNode(state: JobState): boolean {
  return state === "ESCROW_CONFIRMED" || state === "RUNNING";
}
