import type { Cast } from "./cast.ts";
import { FEE_PAYER } from "./cast.ts";
import type { Field, InstructionSpec, Shape } from "./idl.ts";
import { sizeOf } from "./idl.ts";
import type { Value } from "./model/case.ts";
import { hashOf } from "./model/hashes.ts";

/** An instruction ready for a transaction: accounts by name with their rights. */
export interface WireInstruction {
  readonly program: string;
  readonly accounts: readonly string[];
  readonly signers: ReadonlySet<string>;
  readonly writable: ReadonlySet<string>;
  readonly data: Uint8Array;
}

function writeInto(out: number[], shape: Shape, value: Value, cast: Cast): void {
  switch (shape.kind) {
    case "number": {
      let rest = BigInt.asUintN(8 * shape.size, BigInt(value as number | bigint));
      for (let index = 0; index < shape.size; index++, rest >>= 8n) out.push(Number(rest & 255n));
      return;
    }
    case "address":
      out.push(...(cast.has(String(value)) ? cast.bytes(String(value)) : hashOf(String(value))));
      return;
    case "bytes":
      out.push(...hashOf(String(value)).subarray(0, shape.size));
      return;
    case "list":
      for (const item of value as readonly Value[]) writeInto(out, shape.item, item, cast);
  }
}

/** The instruction's number and arguments as bytes. */
export function encodeData(spec: InstructionSpec, args: Readonly<Record<string, Value>>, cast: Cast): Uint8Array {
  const out = [spec.number];
  for (const { name, shape } of spec.args) {
    const value = args[name];
    if (value === undefined) throw new Error(`${spec.name} needs the argument ${name}`);
    writeInto(out, shape, value, cast);
  }
  return Uint8Array.from(out);
}

/** Reads an account's fields as the model has them: numbers, names of accounts, labels of other bytes. */
export function readFields(
  fields: readonly Field[],
  data: Uint8Array,
  wanted: ReadonlySet<string>,
  cast: Cast,
  labelOf: (bytes: Uint8Array) => string,
): Record<string, Value> {
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  const found: Record<string, Value> = {};
  let offset = 0;
  for (const { name, shape } of fields) {
    const size = sizeOf(shape);
    if (wanted.has(name))
      found[name] = readValue(shape, view, offset, data.subarray(offset, offset + size), cast, labelOf);
    offset += size;
  }
  return found;
}

function readValue(
  shape: Shape,
  view: DataView,
  offset: number,
  bytes: Uint8Array,
  cast: Cast,
  labelOf: (bytes: Uint8Array) => string,
): Value {
  switch (shape.kind) {
    case "number":
      if (shape.size === 8) return shape.signed ? view.getBigInt64(offset, true) : view.getBigUint64(offset, true);
      if (shape.size === 4) return shape.signed ? view.getInt32(offset, true) : view.getUint32(offset, true);
      return shape.size === 2 ? view.getUint16(offset, true) : view.getUint8(offset);
    case "address":
      return cast.nameOf(bytes);
    case "bytes":
      return labelOf(bytes);
    case "list":
      throw new Error("no account that the model knows has a list");
  }
}

const compact = (value: number): number[] => (value < 128 ? [value] : [(value & 127) | 128, value >> 7]);

/**
 * A transaction of one instruction with empty signatures. Kit compiles messages too, in ten times the time that the
 * whole transaction then takes to run.
 */
export function transactionOf(instruction: WireInstruction, cast: Cast, blockhash: Uint8Array): Uint8Array {
  const { signers, writable } = instruction;
  const rank = (name: string): number => (signers.has(name) ? 0 : 2) + (writable.has(name) ? 0 : 1);
  const others = [...new Set([...instruction.accounts, instruction.program])].sort((a, b) => rank(a) - rank(b));
  const keys = [FEE_PAYER, ...others];
  const count = (wanted: number) => others.filter((name) => rank(name) === wanted).length;
  const signatures = 1 + count(0) + count(1);
  const { accounts, data } = instruction;
  return Buffer.concat([
    Uint8Array.from(compact(signatures)),
    new Uint8Array(64 * signatures),
    Uint8Array.of(signatures, count(1), count(3), ...compact(keys.length)),
    ...keys.map((name) => cast.bytes(name)),
    blockhash,
    Uint8Array.of(1, keys.indexOf(instruction.program), ...compact(accounts.length)),
    Uint8Array.from(accounts, (name) => keys.indexOf(name)),
    Uint8Array.from(compact(data.length)),
    data,
  ]);
}
