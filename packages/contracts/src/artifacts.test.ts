import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { programArtifactUrl, readProgramArtifacts } from "./artifacts.ts";
import { getEscrowEncoder, getPlatformEncoder, JOB_ESCROW_PROGRAM_ADDRESS } from "./generated/job-escrow/index.ts";
import { getNodeEncoder, getRegistryEncoder, NODE_REGISTRY_PROGRAM_ADDRESS } from "./generated/node-registry/index.ts";
import {
  getPageEncoder,
  getReputationEncoder,
  REPUTATION_MANAGER_PROGRAM_ADDRESS,
} from "./generated/reputation-manager/index.ts";

test("the built programs are those of SHA256SUMS", async () => {
  const sums = await readFile(new URL("SHA256SUMS", programArtifactUrl("jobEscrow")), "utf8");
  for (const program of ["jobEscrow", "nodeRegistry", "reputationManager"] as const) {
    const url = programArtifactUrl(program);
    const hash = createHash("sha256")
      .update(await readFile(url))
      .digest("hex");
    expect(sums).toContain(`${hash}  ${url.pathname.split("/").at(-1)}\n`);
  }
});

test("they come with the addresses they go to", async () => {
  const artifacts = await readProgramArtifacts();
  expect(artifacts.map(({ address }) => address)).toEqual([
    JOB_ESCROW_PROGRAM_ADDRESS,
    NODE_REGISTRY_PROGRAM_ADDRESS,
    REPUTATION_MANAGER_PROGRAM_ADDRESS,
  ]);
  for (const { elf } of artifacts) expect(elf.subarray(0, 4)).toEqual(Uint8Array.of(0x7f, 0x45, 0x4c, 0x46));
});

test("account layouts have the sizes that the programs assert", () => {
  expect(getPlatformEncoder().fixedSize).toBe(512);
  expect(getEscrowEncoder().fixedSize).toBe(592);
  expect(getRegistryEncoder().fixedSize).toBe(384);
  expect(getNodeEncoder().fixedSize).toBe(320);
  expect(getReputationEncoder().fixedSize).toBe(192);
  expect(getPageEncoder().fixedSize).toBe(9_664);
});
