export type { CentralPiece, Cluster, FundedWallet, NodePiece } from "../cluster/cluster.ts";
export type { PreparedPlatform } from "../cluster/prepare-platform.ts";
export { type ClusterOptions, type ClusterStep, startCluster } from "../cluster/start-cluster.ts";
export type { Piece, PieceEvent, PieceExit } from "../processes/piece.ts";
export { type SpawnOptions, spawnPiece } from "../processes/spawn-piece.ts";
export { writeSmallJob } from "./small-job.ts";
export { endTestCluster, startTestCluster } from "./test-cluster.ts";
export { threeClassesCsv } from "./three-classes-csv.ts";
