import { createHash } from "node:crypto";
import { type Address, getAddressDecoder, getAddressEncoder, getProgramDerivedAddress } from "@solana/kit";
import { TOKEN_PROGRAM_ADDRESS } from "@solana-program/token";
import { DEFAULT_PROGRAM_ADDRESSES, findProgramDataAddress } from "../addresses.ts";
import { labelOf } from "./model/hashes.ts";

export const PAYERS = ["payer0", "payer1"] as const;
export const SLOTS = [0, 1] as const;
export const NODES = ["node0", "node1", "node2"] as const;
export const WALLETS = [...PAYERS, ...NODES, "coordinator", "arbiter", "admin", "stranger"] as const;
/** Pays the fees of every transaction and appears in none of them otherwise. */
export const FEE_PAYER = "fees";

/** Token accounts and whose they are. */
export const TOKEN_ACCOUNTS: Readonly<Record<string, string>> = {
  ...Object.fromEntries(WALLETS.map((wallet) => [`${wallet}.token`, wallet])),
  ...Object.fromEntries([...PAYERS, ...NODES].map((wallet) => [`${wallet}.spare`, wallet])),
  treasury: "admin",
  insurance: "admin",
};
/** Token accounts of another mint. */
export const ALIEN_ACCOUNTS: Readonly<Record<string, string>> = { "payer0.alien": "payer0", "node0.alien": "node0" };

export const ESCROWS = PAYERS.flatMap((payer) => SLOTS.map((slot) => ({ name: `${payer}/${slot}`, payer, slot })));

const encode = getAddressEncoder().encode;
const decode = getAddressDecoder().decode;

/** Every account that can appear in a sequence, by its name. */
export class Cast {
  readonly #addresses: ReadonlyMap<string, Address>;
  readonly #bytes: ReadonlyMap<string, Uint8Array>;
  readonly #names: ReadonlyMap<string, string>;

  private constructor(addresses: ReadonlyMap<string, Address>) {
    this.#addresses = addresses;
    const bytes = [...addresses].map(([name, address]) => [name, new Uint8Array(encode(address))] as const);
    this.#bytes = new Map(bytes);
    // The system program's address is 32 zeros, which stand for nobody.
    const somebody = bytes.filter(([name]) => name !== "systemProgram");
    this.#names = new Map(somebody.map(([name, raw]) => [Buffer.from(raw).toString("latin1"), name]));
  }

  static async gather(): Promise<Cast> {
    const { jobEscrow, nodeRegistry, reputationManager } = DEFAULT_PROGRAM_ADDRESSES;
    const found = new Map<string, Address>();
    const derive = async (name: string, programAddress: Address, ...seeds: (string | Uint8Array)[]) => {
      found.set(name, (await getProgramDerivedAddress({ programAddress, seeds }))[0]);
    };
    const raw = (name: string) => encode(found.get(name) as Address) as Uint8Array;
    // Nobody has the keys of these addresses, and nobody needs them: signatures are not checked.
    const invented = ["mint", "alien", "fake.platform", "fake.registry", "fake.node", FEE_PAYER, ...WALLETS];
    for (const name of [...invented, ...Object.keys(TOKEN_ACCOUNTS), ...Object.keys(ALIEN_ACCOUNTS)]) {
      found.set(name, decode(createHash("sha256").update(`cyxwiz fuzz ${name}`).digest()));
    }
    found.set("tokenProgram", TOKEN_PROGRAM_ADDRESS);
    found.set("systemProgram", "11111111111111111111111111111111" as Address);
    found.set("escrowProgram", jobEscrow);
    found.set("registryProgram", nodeRegistry);
    found.set("escrowProgram.data", await findProgramDataAddress(jobEscrow));
    found.set("registryProgram.data", await findProgramDataAddress(nodeRegistry));
    found.set("reputationProgram", reputationManager);
    found.set("reputationProgram.data", await findProgramDataAddress(reputationManager));
    await derive("reputation", reputationManager, "reputation");
    await derive("page", reputationManager, "page", new Uint8Array(4));
    await derive("platform", jobEscrow, "platform");
    await derive("registry", nodeRegistry, "registry");
    await derive("rewards", nodeRegistry, "rewards");
    for (const { name, payer, slot } of ESCROWS) {
      await derive(name, jobEscrow, "escrow", raw(payer), new Uint8Array(Uint32Array.of(slot).buffer));
      await derive(`${name}.vault`, jobEscrow, "vault", raw(name));
    }
    for (const node of NODES) {
      await derive(`${node}.account`, nodeRegistry, "node", raw(node));
      await derive(`${node}.stake`, nodeRegistry, "stake", raw(`${node}.account`));
    }
    return new Cast(found);
  }

  address(name: string): Address {
    const address = this.#addresses.get(name);
    if (address === undefined) throw new Error(`nobody is called ${name}`);
    return address;
  }

  bytes(name: string): Uint8Array {
    const bytes = this.#bytes.get(name);
    if (bytes === undefined) throw new Error(`nobody is called ${name}`);
    return bytes;
  }

  has(name: string): boolean {
    return this.#bytes.has(name);
  }

  /** Who has this address; nobody's is called by its label, 32 zeros by an empty one. */
  nameOf(bytes: Uint8Array): string {
    const key = Buffer.from(bytes).toString("latin1");
    return this.#names.get(key) ?? labelOf(bytes);
  }

  names(): Iterable<string> {
    return this.#addresses.keys();
  }
}
