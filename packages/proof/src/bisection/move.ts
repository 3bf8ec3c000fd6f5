import { concatBytes, equalBytes, type Hash, u32, u64 } from "../bytes.ts";
import type { Epoch } from "../chain.ts";
import { BISECTION_DOMAIN } from "./bisection-case.ts";

/** The numbers are part of what is signed. */
const KINDS = { open: 1, show: 2, say: 3 } as const;
const HASH_BYTES = 32;
/** No tree of u32 leaves is deeper. */
const MAX_PROOF_HASHES = 32;
const NONE = Uint8Array.of(0);
const SOME = Uint8Array.of(1);

/** What the node shows of a position: enough to reckon its hash, and that it stands under the root. */
export type Opening =
  | { readonly kind: "epoch"; readonly previous: Hash; readonly link: Epoch; readonly proof: readonly Hash[] }
  | { readonly kind: "result"; readonly resultHash: Hash; readonly proof: readonly Hash[] };

/** What a move says; who may make it, and of which position, follows from what was moved before. */
export type MoveBody =
  /** The challenger: the chains differ at `last`, where its own has `hash` (nothing, if it is shorter); H_0 is `start`. */
  | { readonly kind: "open"; readonly last: number; readonly start: Hash; readonly hash: Hash | undefined }
  /** The node: what stands at the position asked for; in its first move also the hash of its initial state. */
  | { readonly kind: "show"; readonly initialStateHash: Hash | undefined; readonly opening: Opening | undefined }
  /** The challenger: what its own chain has at the position shown. */
  | { readonly kind: "say"; readonly hash: Hash | undefined };

/** A move, with what ties it to its place. */
export interface Move {
  /** The UUID's 16 bytes. */
  readonly jobId: Uint8Array;
  readonly escrow: Uint8Array;
  /** From 0. */
  readonly round: number;
  /** Over everything that was moved before. */
  readonly transcript: Hash;
  readonly body: MoveBody;
}

/**
 * What the mover's wallet signs (Ed25519): "cyxwiz:bisect:v1" ‖ job id ‖ escrow ‖ round (u32) ‖ transcript ‖ kind (u8) ‖ body,
 * where what may be left out is 0x00, or 0x01 and itself, and a proof stands at the end.
 */
export function encodeMove({ jobId, escrow, round, transcript, body }: Move): Uint8Array {
  const place = [BISECTION_DOMAIN, jobId, escrow, u32(round), transcript];
  return concatBytes(...place, Uint8Array.of(KINDS[body.kind]), ...bodyParts(body));
}

function bodyParts(body: MoveBody): readonly Uint8Array[] {
  switch (body.kind) {
    case "open":
      return [u32(body.last), body.start, ...optional(body.hash)];
    case "say":
      return optional(body.hash);
    case "show":
      return [...optional(body.initialStateHash), ...(body.opening ? openingParts(body.opening) : [])];
  }
}

function openingParts(opening: Opening): readonly Uint8Array[] {
  if (opening.kind === "result") return [Uint8Array.of(2), opening.resultHash, ...opening.proof];
  const { stateHash, metricsHash, timestampSeconds } = opening.link;
  return [SOME, opening.previous, stateHash, metricsHash, u64(timestampSeconds), ...opening.proof];
}

function optional(hash: Hash | undefined): readonly Uint8Array[] {
  return hash === undefined ? [NONE] : [SOME, hash];
}

/** Reads a move; `undefined` for bytes that are none. Every move has exactly one encoding. */
export function decodeMove(bytes: Uint8Array): Move | undefined {
  const reader = new Reader(bytes);
  try {
    if (!equalBytes(reader.take(BISECTION_DOMAIN.length), BISECTION_DOMAIN)) return undefined;
    const [jobId, escrow, round, transcript] = [reader.take(16), reader.hash(), reader.u32(), reader.hash()];
    const body = readBody(reader);
    return body && reader.left === 0 ? { jobId, escrow, round, transcript, body } : undefined;
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

function readBody(reader: Reader): MoveBody | undefined {
  switch (reader.byte()) {
    case KINDS.open:
      return { kind: "open", last: reader.u32(), start: reader.hash(), hash: reader.optionalHash() };
    case KINDS.say:
      return { kind: "say", hash: reader.optionalHash() };
    case KINDS.show:
      return { kind: "show", initialStateHash: reader.optionalHash(), opening: readOpening(reader) };
    default:
      return undefined;
  }
}

function readOpening(reader: Reader): Opening | undefined {
  if (reader.left === 0) return undefined;
  const kind = reader.byte();
  if (kind === 2) return { kind: "result", resultHash: reader.hash(), proof: reader.proof() };
  if (kind !== 1) throw new RangeError("no opening");
  const previous = reader.hash();
  const link = { stateHash: reader.hash(), metricsHash: reader.hash(), timestampSeconds: reader.u64() };
  return { kind: "epoch", previous, link, proof: reader.proof() };
}

/** Throws RangeError past the end. */
class Reader {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get left(): number {
    return this.#bytes.length - this.#at;
  }

  take(length: number): Uint8Array {
    if (length > this.left) throw new RangeError("the move ends early");
    this.#at += length;
    return this.#bytes.slice(this.#at - length, this.#at);
  }

  byte(): number {
    return this.take(1)[0] as number;
  }

  u32(): number {
    return new DataView(this.take(4).buffer).getUint32(0, true);
  }

  u64(): bigint {
    return new DataView(this.take(8).buffer).getBigUint64(0, true);
  }

  hash(): Hash {
    return this.take(HASH_BYTES);
  }

  optionalHash(): Hash | undefined {
    const given = this.byte();
    if (given > 1) throw new RangeError("neither there nor left out");
    return given === 1 ? this.hash() : undefined;
  }

  proof(): Hash[] {
    const proof: Hash[] = [];
    while (this.left > 0 && proof.length <= MAX_PROOF_HASHES) proof.push(this.hash());
    return proof;
  }
}
