import {
  findEscrowAddress,
  findNodeAddress,
  findPlatformAddress,
  findRegistryAddress,
  findVaultAddress,
} from "../addresses.ts";
import { type Escrow, getEscrowDecoder, getEscrowEncoder } from "../generated/job-escrow/index.ts";
import {
  bytes,
  CYXWIZ,
  createMint,
  emptyChain,
  initializePlatform,
  initializeRegistry,
  mintTo,
  register,
  stake,
} from "./deployment.ts";
import { EPOCHS, EscrowInstructions } from "./escrow-instructions.ts";
import { jobTree } from "./tree.ts";

export * from "./deployment.ts";
export { JOB_ID, NONCE } from "./escrow-instructions.ts";

const DEFAULT_STAKE = 5_000n * CYXWIZ;

/** What {@link World.reach} leads to. A job that is `reported` is settled, and the registry knows. */
export type Reachable =
  | "created"
  | "running"
  | "committed"
  | "proven"
  | "settled"
  | "reported"
  | "disputed"
  | "resolved"
  | "appealed";

/**
 * A deployment with everybody in it: admin, coordinator, arbiter, one payer with 1,000 CYXWIZ, one node with a stake of
 * 5,000. Its methods build the instructions of slot 0's first job; what is given instead replaces what they would take.
 */
export class World extends EscrowInstructions {
  static async open(): Promise<World> {
    const chain = await emptyChain();
    const [admin, coordinator, arbiter, payer, node] = [
      await chain.wallet(),
      await chain.wallet(),
      await chain.wallet(),
      await chain.wallet(),
      await chain.wallet(),
    ];
    const mint = await createMint(chain, admin);
    const treasury = await chain.tokenAccount(admin.address, mint, admin);
    const insurance = await chain.tokenAccount(coordinator.address, mint, admin);
    const payerToken = await chain.tokenAccount(payer.address, mint, admin);
    const nodeToken = await chain.tokenAccount(node.address, mint, admin);
    await chain.mustSend(
      admin,
      await initializeRegistry({ admin, coordinator, arbiter, mint, insurance }),
      await initializePlatform({ admin, coordinator, arbiter, mint, treasury, insurance }),
    );
    await chain.mustSend(
      admin,
      mintTo(mint, payerToken, admin, 1_000n * CYXWIZ),
      mintTo(mint, nodeToken, admin, DEFAULT_STAKE),
    );
    await chain.mustSend(node, await register({ node, mint }), await stake({ node, nodeToken, amount: DEFAULT_STAKE }));
    const escrow = await findEscrowAddress(payer.address, 0);
    return new World({
      chain,
      admin,
      coordinator,
      arbiter,
      payer,
      node,
      mint,
      treasury,
      insurance,
      payerToken,
      nodeToken,
      nodeAccount: await findNodeAddress(node.address),
      platform: await findPlatformAddress(),
      registry: await findRegistryAddress(),
      escrow,
      vault: await findVaultAddress(escrow),
      tree: jobTree(
        Array.from({ length: EPOCHS }, (_, epoch) => bytes(0x10 + epoch)),
        bytes(9),
      ),
    });
  }

  /** Changes fields of the escrow that no instruction would change so. */
  forge(fields: Partial<Escrow>): void {
    this.chain.overwrite(this.escrow, (data) => {
      const { discriminator: _, ...escrow } = getEscrowDecoder().decode(data);
      return new Uint8Array(getEscrowEncoder().encode({ ...escrow, ...fields }));
    });
  }

  /** Leads the slot's first job to a state by its instructions. */
  async reach(state: Reachable): Promise<void> {
    const paid = ["created", "running", "committed", "proven", "settled", "reported"];
    const disputed = ["created", "running", "disputed", "resolved", "appealed"];
    const way = paid.includes(state) ? paid : disputed;
    for (const step of way.slice(0, way.indexOf(state) + 1)) await this.#lead(step as Reachable);
  }

  async #lead(to: Reachable): Promise<void> {
    const { chain, payer, node, coordinator, arbiter, admin } = this;
    if (to === "created") await chain.mustSend(payer, await this.create());
    if (to === "running") await chain.mustSend(node, await this.start());
    if (to === "committed") await chain.mustSend(coordinator, await this.commit());
    if (to === "proven") {
      chain.nextSlot();
      await chain.mustSend(coordinator, await this.reveal());
    }
    if (to === "settled") await chain.mustSend(coordinator, await this.complete());
    if (to === "reported") await chain.mustSend(admin, await this.report());
    if (to === "disputed") await chain.mustSend(payer, await this.dispute());
    if (to === "resolved") {
      await chain.mustSend(node, await this.evidence());
      await chain.mustSend(arbiter, await this.resolve());
    }
    if (to === "appealed") await chain.mustSend(payer, await this.appeal());
  }

  balances(): { payer: bigint; node: bigint; treasury: bigint; vault: bigint } {
    const { chain } = this;
    return {
      payer: chain.tokens(this.payerToken),
      node: chain.tokens(this.nodeToken),
      treasury: chain.tokens(this.treasury),
      vault: chain.tokens(this.vault),
    };
  }
}
