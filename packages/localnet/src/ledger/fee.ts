import type { Address } from "@solana/kit";
import type { WireTransaction } from "./wire-transaction.ts";

const LAMPORTS_PER_SIGNATURE = 5_000n;
const MICRO_LAMPORTS = 1_000_000n;
const MAX_COMPUTE_UNITS = 1_400_000n;
const COMPUTE_BUDGET = "ComputeBudget111111111111111111111111111111";
const PRECOMPILES = new Set([
  "Ed25519SigVerify111111111111111111111111111",
  "KeccakSecp256k11111111111111111111111111111",
]);
const BUILTINS = new Set([
  "11111111111111111111111111111111",
  "Vote111111111111111111111111111111111111111",
  COMPUTE_BUDGET,
  "BPFLoader1111111111111111111111111111111111",
  "BPFLoader2111111111111111111111111111111111",
  "BPFLoaderUpgradeab1e11111111111111111111111",
  "LoaderV411111111111111111111111111111111111",
]);

/** What a transaction costs its fee payer, in lamports: signatures, plus the priority it asks for. */
export function transactionFee(wire: Pick<WireTransaction, "instructions" | "staticKeys" | "numSigners">): bigint {
  let signatures = BigInt(wire.numSigners);
  let microLamportsPerUnit = 0n;
  let unitLimit: bigint | undefined;
  let defaultLimit = 0n;
  for (const { programIdIndex, data } of wire.instructions) {
    const program: Address | undefined = wire.staticKeys[programIdIndex];
    if (program === undefined) continue;
    const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
    if (PRECOMPILES.has(program)) signatures += BigInt(data[0] ?? 0);
    if (program === COMPUTE_BUDGET && data[0] === 2 && data.length >= 5) unitLimit = BigInt(view.getUint32(1, true));
    if (program === COMPUTE_BUDGET && data[0] === 3 && data.length >= 9) {
      microLamportsPerUnit = view.getBigUint64(1, true);
    }
    defaultLimit += BUILTINS.has(program) ? 3_000n : 200_000n;
  }
  const asked = unitLimit ?? defaultLimit;
  const units = asked < MAX_COMPUTE_UNITS ? asked : MAX_COMPUTE_UNITS;
  const priority = (microLamportsPerUnit * units + MICRO_LAMPORTS - 1n) / MICRO_LAMPORTS;
  return signatures * LAMPORTS_PER_SIGNATURE + priority;
}
