import type { ParameterOrder } from "../jobs/parameter-order.ts";

/** One link of a job's hash chain as it is reported; hashes are hex. */
export interface ReportedLink {
  readonly epoch: number;
  readonly stateHash: string;
  readonly metricsHash: string;
  readonly timestampSeconds: number;
  readonly checkpointHash: string;
  /** Of this epoch the first. */
  readonly orders?: readonly ParameterOrder[] | undefined;
}

/** Something that Central must hear of a job. Plain JSON, so that it can be written down before it is sent. */
export type Report =
  | {
      readonly type: "accepted";
      readonly atSeconds: number;
      readonly nodeEndpoint: string;
      readonly engineAddress: string;
    }
  | {
      readonly type: "progress";
      readonly epoch: number;
      /** 0 to 1 over the whole job. */
      readonly fraction: number;
      readonly metrics: Readonly<Record<string, number>>;
      readonly links: readonly ReportedLink[];
    }
  | {
      readonly type: "completed";
      readonly weightsUrl: string;
      /** Hex. */
      readonly resultHash: string;
      readonly weightsBytes: number;
      readonly metrics: Readonly<Record<string, number>>;
      readonly elapsedSeconds: number;
      /** The Merkle root, hex. */
      readonly root: string;
    }
  | {
      readonly type: "failed";
      readonly problem: string;
      readonly cancelled: boolean;
      /** The payer's signature under the order to cancel, hex. */
      readonly cancelSignature?: string | undefined;
      readonly elapsedSeconds: number;
    };

/** A report after which nothing more is to be said of the job. */
export function isLast(report: Report): boolean {
  return report.type === "completed" || report.type === "failed";
}
