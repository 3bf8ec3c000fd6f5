import { create } from "@bufbuild/protobuf";
import { tokenBalance } from "@cyxwiz/chain";
import {
  completionShares,
  DEFAULT_PROGRAM_ADDRESSES,
  EscrowOutcome,
  fetchEscrow,
  fetchNode,
  findNodeAddress,
} from "@cyxwiz/contracts";
import { approvePayment, cancelEscrow, makeEscrow } from "@cyxwiz/engine";
import { EscrowTermsSchema } from "@cyxwiz/protocol";
import { address } from "@solana/kit";
import { expect, test } from "vitest";
import { clusterForTest, directoryForTest } from "./support/cluster.ts";
import { smallJob, train } from "./support/train.ts";

const DAY_SECONDS = 86_400n;
const at = { commitment: "confirmed" } as const;

test("without Central a payer pays the node, and the slot's next job brings the report along", {
  timeout: 120_000,
}, async () => {
  const cluster = await clusterForTest();
  const { chain, platform } = cluster;
  const wallet = cluster.engineWallet.signer;
  const node = cluster.nodes[0]?.wallet.signer.address ?? wallet.address;
  const balances = () =>
    Promise.all([wallet.address, node].map((owner) => tokenBalance(chain, { owner, mint: platform.mint })));
  const runningJobs = async () => (await fetchNode(chain.rpc, await findNodeAddress(node), at)).data.runningJobs;
  const [payerBefore = 0n, nodeBefore = 0n] = await balances();

  const training = await train(cluster, await smallJob({ epochs: 3000, rows: 3000 }));
  const escrow = address(String((await training.event("escrow-created")).escrow));
  await training.event("checkpoint");
  for (const piece of [cluster.central.piece, training.piece]) await piece.kill();
  await approvePayment(escrow, { chain, wallet });
  const settled = (await fetchEscrow(chain.rpc, escrow, at)).data;
  expect(settled).toMatchObject({ outcome: EscrowOutcome.Approved, reported: 1 });
  const shares = completionShares(settled.amount, settled.feeBps);
  const paid = [payerBefore - settled.amount + shares.payer, nodeBefore + shares.node];
  expect(await balances()).toEqual(paid);
  expect(await runningJobs()).toBe(1);

  const terms = create(EscrowTermsSchema, {
    jobEscrowProgram: DEFAULT_PROGRAM_ADDRESSES.jobEscrow,
    nodeRegistryProgram: DEFAULT_PROGRAM_ADDRESSES.nodeRegistry,
    mint: platform.mint,
    nodeWallet: node,
    jobId: crypto.getRandomValues(new Uint8Array(16)),
    amount: 1_000_000n,
    termsHash: new Uint8Array(32).fill(1),
    deadline: BigInt(Math.floor(Date.now() / 1000)) + DAY_SECONDS,
    checkpoints: 5,
  });
  const made = await makeEscrow(terms, { chain, wallet, dataDir: await directoryForTest() });
  expect(made).toMatchObject({ escrow, slot: 0 });
  expect((await fetchEscrow(chain.rpc, escrow, at)).data).toMatchObject({ nonce: settled.nonce + 1n, checkpoints: 5 });
  expect(await runningJobs()).toBe(0);
  await cancelEscrow(escrow, { chain, wallet });
  expect(await balances()).toEqual(paid);
});
