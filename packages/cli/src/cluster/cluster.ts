import type { Chain } from "@cyxwiz/chain";
import type { KeyPairSigner } from "@solana/kit";
import type { Piece } from "../processes/piece.ts";
import type { PreparedPlatform } from "./prepare-platform.ts";

/** A wallet with SOL and CYXWIZ. */
export interface FundedWallet {
  readonly path: string;
  readonly signer: KeyPairSigner;
  /** Of the transaction that minted its CYXWIZ. */
  readonly signature: string;
}

/** A running Central. */
export interface CentralPiece {
  readonly piece: Piece;
  readonly url: string;
  readonly certificatePem: string;
  /** The certificate as a file. */
  readonly certificatePath: string;
}

/** A running node. */
export interface NodePiece {
  readonly piece: Piece;
  readonly nodeId: string;
  /** `host:port` */
  readonly endpoint: string;
  readonly wallet: FundedWallet;
  /** Of the transactions with which it registered and staked. */
  readonly signatures: readonly string[];
}

/** All pieces, each a process of its own, on loopback. */
export interface Cluster {
  readonly dataDir: string;
  readonly rpcUrl: string;
  readonly wsUrl: string;
  readonly chain: Chain;
  /** Absent where an external cluster is used. */
  readonly localnet: Piece | undefined;
  readonly platform: PreparedPlatform;
  readonly central: CentralPiece;
  readonly nodes: readonly NodePiece[];
  /** Pays for jobs. */
  readonly engineWallet: FundedWallet;
  /** Another wallet of this name with so much CYXWIZ, in base units. */
  fundWallet(name: string, amount: bigint): Promise<FundedWallet>;
  /** Starts Central again, at the same address with the same data, after it was stopped or killed. */
  restartCentral(): Promise<CentralPiece>;
  /** Starts one more node, or one again: with the same name it has the same wallet and data. */
  startNode(name: string, args?: readonly string[], environment?: Readonly<Record<string, string>>): Promise<NodePiece>;
  /** Runs `cyxwiz <args>` against this cluster, as a process; see `spawnPiece`. */
  readonly environment: Readonly<Record<string, string>>;
  /** Stops everything, in the order in which nothing waits for what is gone. */
  close(): Promise<void>;
}
