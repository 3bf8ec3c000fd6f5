import { readFileSync } from "node:fs";

/** A number of one of these formats, `size` bytes, or a list of one of both. */
export type Shape =
  | { readonly kind: "number"; readonly size: 1 | 2 | 4 | 8; readonly signed: boolean }
  | { readonly kind: "address" }
  | { readonly kind: "bytes"; readonly size: number }
  | { readonly kind: "list"; readonly item: Shape; readonly count: number | undefined };

export interface Field {
  readonly name: string;
  readonly shape: Shape;
}

export interface InstructionSpec {
  readonly name: string;
  readonly number: number;
  readonly accounts: readonly { readonly name: string; readonly signer: boolean; readonly writable: boolean }[];
  readonly args: readonly Field[];
}

export interface Idl {
  readonly programAddress: string;
  readonly instructions: ReadonlyMap<string, InstructionSpec>;
  /** Fields of each account in order. */
  readonly accounts: ReadonlyMap<string, readonly Field[]>;
  readonly errors: ReadonlyMap<number, string>;
}

interface TypeNode {
  readonly kind: string;
  readonly format?: string;
  readonly size?: number;
  readonly type?: TypeNode;
  readonly item?: TypeNode;
  readonly count?: { readonly kind: string; readonly value?: number };
}
interface FieldNode {
  readonly name: string;
  readonly type: TypeNode;
  readonly defaultValue?: { readonly number?: number };
}
interface ProgramNode {
  readonly publicKey: string;
  readonly accounts: readonly { readonly name: string; readonly data: { readonly fields: readonly FieldNode[] } }[];
  readonly instructions: readonly {
    readonly name: string;
    readonly accounts: readonly {
      readonly name: string;
      readonly isSigner: boolean | "either";
      readonly isWritable: boolean;
    }[];
    readonly arguments: readonly FieldNode[];
  }[];
  readonly errors: readonly { readonly name: string; readonly code: number }[];
}

const NUMBER_SIZES = { u8: 1, u16: 2, u32: 4, u64: 8, i16: 2, i32: 4, i64: 8 } as const;

function shapeOf(type: TypeNode): Shape {
  switch (type.kind) {
    case "numberTypeNode": {
      const format = type.format as keyof typeof NUMBER_SIZES;
      return { kind: "number", size: NUMBER_SIZES[format], signed: format.startsWith("i") };
    }
    case "publicKeyTypeNode":
      return { kind: "address" };
    case "fixedSizeTypeNode":
      return { kind: "bytes", size: type.size ?? 0 };
    // Enums of one byte.
    case "definedTypeLinkNode":
      return { kind: "number", size: 1, signed: false };
    case "arrayTypeNode":
      return { kind: "list", item: shapeOf(type.item as TypeNode), count: type.count?.value };
    default:
      throw new Error(`the fuzzer cannot write a ${type.kind}`);
  }
}

const fieldOf = ({ name, type }: FieldNode): Field => ({ name, shape: shapeOf(type) });

/** Reads what the fuzzer needs of a program's IDL: how instructions are written, accounts read and errors called. */
export function readIdl(file: string): Idl {
  const url = new URL(`../../../../programs/idl/${file}.json`, import.meta.url);
  const { program } = JSON.parse(readFileSync(url, "utf8")) as { program: ProgramNode };
  return {
    programAddress: program.publicKey,
    instructions: new Map(
      program.instructions.map(({ name, accounts, arguments: [discriminator, ...args] }) => [
        name,
        {
          name,
          number: discriminator?.defaultValue?.number ?? 0,
          accounts: accounts.map((account) => ({
            name: account.name,
            signer: account.isSigner === true,
            writable: account.isWritable,
          })),
          args: args.map(fieldOf),
        },
      ]),
    ),
    accounts: new Map(program.accounts.map(({ name, data }) => [name, data.fields.map(fieldOf)])),
    errors: new Map(program.errors.map(({ name, code }) => [code, name])),
  };
}

/** How many bytes a value of the shape takes; a list without a count is as long as what is left. */
export function sizeOf(shape: Shape): number {
  switch (shape.kind) {
    case "address":
      return 32;
    case "list":
      return (shape.count ?? 0) * sizeOf(shape.item);
    default:
      return shape.size;
  }
}
