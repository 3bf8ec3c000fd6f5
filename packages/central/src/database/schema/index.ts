export { audits, type StoredVerdict } from "./audits.ts";
export { blockchainEvents, eventCursors, reputationBatches, reputationUpdateQueue } from "./chain-records.ts";
export { disputeMoves, disputes, type StoredCase } from "./disputes.ts";
export {
  chainTransactions,
  jobCheckpoints,
  jobHistory,
  jobTokens,
  reservations,
  type StoredOrder,
} from "./job-records.ts";
export { type Job, jobs } from "./jobs.ts";
export { nodes } from "./nodes.ts";
export { jobRelays } from "./relays.ts";
export { users } from "./users.ts";
