export { SESSION_TOKEN_HEADER } from "./api/execution-service.ts";
export { measureGflops } from "./benchmark/benchmark.ts";
export { type Claim, type ClaimOptions, claimPayment } from "./chain/claim-payment.ts";
export type { EscrowOnChain, NodeChain, RegistrationOnChain } from "./chain/node-chain.ts";
export { type NodeConfig, parseNodeConfig, type ResolvedNodeConfig } from "./config/node-config.ts";
export { type NodeDependencies, type RunningNode, startNode } from "./start-node.ts";
export type { Environment } from "./util/environment.ts";
export { serveWeights } from "./weights/weights-http.ts";
export type { StoredWeights } from "./weights/weights-store.ts";
