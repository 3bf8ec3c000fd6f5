/** What a piece prints with `--json`: one object a line. */
export interface PieceEvent {
  readonly event: string;
  readonly [key: string]: unknown;
}

/** How a process ended. */
export interface PieceExit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** A running `cyxwiz <piece>`, started by {@link spawnPiece}. */
export interface Piece {
  readonly name: string;
  readonly pid: number;
  /** Its first line: addresses and identities. */
  readonly ready: PieceEvent;
  /** The file with what it logged. */
  readonly logFile: string;
  readonly exited: Promise<PieceExit>;
  /** Asks it to end, insists after `graceMs`, and settles when it has ended. */
  stop(graceMs?: number): Promise<PieceExit>;
  /** Ends it at once, as a crash would. */
  kill(): Promise<PieceExit>;
}
