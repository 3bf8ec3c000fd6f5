/** Values of one moment of training, by name: `loss`, `accuracy`, `test_accuracy`, … */
export type Metrics = Readonly<Record<string, number>>;

/** What happens to a job, in the order in which it happens. Amounts are base units, times Unix seconds. */
export type JobEvent =
  | {
      readonly type: "quoted";
      readonly jobId: string;
      readonly nodeId: string;
      readonly nodeWallet: string;
      readonly amount: bigint;
      /** When the node's reservation ends. */
      readonly confirmBySeconds: number;
    }
  | {
      readonly type: "escrow-created";
      readonly signature: string;
      readonly escrow: string;
      readonly slot: number;
      readonly amount: bigint;
    }
  | { readonly type: "escrow-confirmed"; readonly signature: string; readonly escrow: string }
  | { readonly type: "authorized"; readonly nodeEndpoint: string; readonly tokenExpiresAtSeconds: number }
  | {
      readonly type: "connected";
      readonly nodeId: string;
      readonly nodeEndpoint: string;
      /** By the node's own address, or relayed by Central because that cannot be reached from here. */
      readonly route: "direct" | "relay";
      readonly again: boolean;
    }
  | { readonly type: "accepted"; readonly datasetBytes: number }
  | TrainingProgressEvent
  | { readonly type: "checkpoint"; readonly epoch: number; readonly hash: string; readonly metrics: Metrics }
  | { readonly type: "log"; readonly level: "debug" | "info" | "warning" | "error"; readonly message: string }
  | { readonly type: "trained"; readonly resultHash: string; readonly metrics: Metrics; readonly weightsBytes: number }
  | { readonly type: "downloaded"; readonly path: string; readonly bytes: number; readonly sha256: string }
  | { readonly type: "anchored"; readonly root: string; readonly signature: string }
  /** Of a job that its payer reviews: the proof is on chain, and its node is paid from this time on, unless it is disputed. */
  | { readonly type: "proven"; readonly payableFromSeconds: number }
  | {
      /** The work is looked into before it is paid, and was found good. */
      readonly type: "audit";
      readonly state: "open" | "passed";
      readonly epochs: readonly number[];
      /** The node that looks; empty for Central. */
      readonly auditorNodeId: string;
    }
  | {
      readonly type: "paid";
      readonly signature: string;
      readonly toNode: bigint;
      readonly toPlatform: bigint;
    }
  | { readonly type: "refunded"; readonly signature: string; readonly amount: bigint };

/** Live figures while training runs; only the newest are kept for who reads late. */
export interface TrainingProgressEvent {
  readonly type: "progress";
  readonly epoch: number;
  readonly epochs: number;
  readonly batch: number;
  readonly batches: number;
  /** 0 to 1 over the whole job. */
  readonly fraction: number;
  readonly loss: number | undefined;
  readonly accuracy: number | undefined;
  readonly samplesPerSecond: number;
  readonly etaSeconds: number;
  /** Percent of one core, as the node reports it. */
  readonly cpu: number;
  /** Percent of the node's memory. */
  readonly memory: number;
}

/** The event of one type. */
export type JobEventOf<Type extends JobEvent["type"]> = Extract<JobEvent, { readonly type: Type }>;
