import { open } from "node:fs/promises";
import { create } from "@bufbuild/protobuf";
import { CyxwizError } from "@cyxwiz/errors";
import { sha256Bulk, toHex } from "@cyxwiz/proof";
import { type WeightsChunk, WeightsChunkSchema } from "@cyxwiz/protocol";
import type { StoredWeights } from "./weights-store.ts";

const DEFAULT_CHUNK_BYTES = 256 * 1024;
const MAX_CHUNK_BYTES = 3 * 1024 * 1024;

/**
 * The weights from an offset on, in chunks with the SHA-256 of each. An offset at the very end gives one empty last
 * chunk, so that a client that has everything learns so. Throws INVALID_FIELD for an offset outside the file.
 *
 * @param request.chunkSize bytes a chunk; 0 for the default of 256 KiB. At most 3 MiB, which every gRPC client takes.
 */
export async function* streamWeights(
  weights: StoredWeights,
  request: { readonly offset: bigint; readonly chunkSize: number },
  signal: AbortSignal,
): AsyncGenerator<WeightsChunk, void, void> {
  const { size } = weights;
  if (request.offset < 0n || request.offset > BigInt(size)) {
    throw new CyxwizError("INVALID_FIELD", { field: "offset", problem: `must be from 0 to ${size}` });
  }
  if (request.chunkSize < 0) throw new CyxwizError("INVALID_FIELD", { field: "chunk_size", problem: "is negative" });
  const chunkBytes = Math.min(request.chunkSize || DEFAULT_CHUNK_BYTES, MAX_CHUNK_BYTES);
  const file = await open(weights.path, "r");
  try {
    let offset = Number(request.offset);
    do {
      signal.throwIfAborted();
      const data = new Uint8Array(Math.min(chunkBytes, size - offset));
      let filled = 0;
      while (filled < data.length) {
        const { bytesRead } = await file.read(data, filled, data.length - filled, offset + filled);
        if (bytesRead === 0) throw new CyxwizError("INTERNAL", { what: "the weights file has shrunk" });
        filled += bytesRead;
      }
      const next = offset + data.length;
      yield create(WeightsChunkSchema, {
        data,
        offset: BigInt(offset),
        totalSize: BigInt(size),
        isLastChunk: next === size,
        checksum: toHex(await sha256Bulk(data)),
      });
      offset = next;
    } while (offset < size);
  } finally {
    await file.close();
  }
}
