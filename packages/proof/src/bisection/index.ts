export {
  type Bisection,
  type BisectionOutcome,
  expireBisection,
  type IsSigned,
  type LossReason,
  playMove,
  replayBisection,
  type SignedMove,
  startBisection,
  type Turn,
} from "./bisection.ts";
export { type BisectionCase, lastPosition, type Party } from "./bisection-case.ts";
export { DISPUTE_REASONS, type DisputeReason, type DisputeVerdict, encodeDisputeVerdict } from "./dispute-verdict.ts";
export { judgeParted, type Reckoned } from "./judge-parted.ts";
export { decodeMove, encodeMove, type Move, type MoveBody, type Opening } from "./move.ts";
export { type Challenge, challengerMove, nodeMove, type OwnChain, positionsOf } from "./players.ts";
export type { Shown } from "./shown.ts";
export { whereTheyDiffer } from "./where-they-differ.ts";
