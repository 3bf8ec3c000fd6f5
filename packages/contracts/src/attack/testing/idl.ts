import { readdirSync, readFileSync } from "node:fs";

/** A place in an instruction's list of accounts. */
export interface Slot {
  readonly name: string;
  readonly isSigner: boolean;
  readonly isWritable: boolean;
}

/** An instruction as a program's IDL has it. */
export interface IdlInstruction {
  readonly program: string;
  readonly name: string;
  readonly slots: readonly Slot[];
}

interface IdlProgram {
  readonly name: string;
  readonly instructions: readonly {
    readonly name: string;
    readonly accounts?: readonly { name: string; isSigner: boolean | "either"; isWritable: boolean }[];
  }[];
  readonly errors: readonly { readonly name: string; readonly code: number }[];
}

const FOLDER = new URL("../../../../../programs/idl/", import.meta.url);

const programs: readonly IdlProgram[] = readdirSync(FOLDER)
  .filter((file) => file.endsWith(".json"))
  .map((file) => (JSON.parse(readFileSync(new URL(file, FOLDER), "utf8")) as { program: IdlProgram }).program);

/** Every instruction of every program in `programs/idl`. */
export const INSTRUCTIONS: readonly IdlInstruction[] = programs.flatMap(({ name: program, instructions }) =>
  instructions.map(({ name, accounts = [] }) => ({
    program,
    name,
    slots: accounts.map((account) => ({
      name: account.name,
      isSigner: account.isSigner === true,
      isWritable: account.isWritable,
    })),
  })),
);

const errors = new Map(
  programs.flatMap((program) => program.errors.map(({ name, code }) => [code, `${program.name}.${name}`])),
);

/** E.g. `jobEscrow.wrongSigner`; `custom 4` for a number that none of our programs uses. */
export function errorName(code: number): string {
  return errors.get(code) ?? `custom ${code}`;
}

/** Every error of our programs, as {@link errorName} calls it. */
export const ERROR_NAMES: ReadonlySet<string> = new Set(errors.values());
