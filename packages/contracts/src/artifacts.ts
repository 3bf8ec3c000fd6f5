import type { Address } from "@solana/kit";
import { DEFAULT_PROGRAM_ADDRESSES, type ProgramAddresses } from "./addresses.ts";

/** A built program and where it goes. */
export interface ProgramArtifact {
  readonly address: Address;
  /** The contents of the `.so` file. */
  readonly elf: Uint8Array;
}

const artifactFiles: Record<keyof ProgramAddresses, string> = {
  jobEscrow: "job_escrow.so",
  nodeRegistry: "node_registry.so",
  reputationManager: "reputation_manager.so",
};

/** Where the built `.so` of a program lies in the repository. */
export function programArtifactUrl(program: keyof ProgramAddresses): URL {
  return new URL(`../../../programs/artifacts/${artifactFiles[program]}`, import.meta.url);
}

/** The built programs, ready to be loaded into a local cluster. Needs a file system. */
export async function readProgramArtifacts(
  programs: ProgramAddresses = DEFAULT_PROGRAM_ADDRESSES,
): Promise<ProgramArtifact[]> {
  const { readFile } = await import("node:fs/promises");
  return Promise.all(
    (Object.keys(artifactFiles) as (keyof ProgramAddresses)[]).map(async (program) => ({
      address: programs[program],
      elf: new Uint8Array(await readFile(programArtifactUrl(program))),
    })),
  );
}
