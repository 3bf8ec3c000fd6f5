import {
  buildAndSign,
  type Chain,
  type Confirmation,
  deliver,
  findPastTransaction,
  type SignedTransaction,
} from "@cyxwiz/chain";
import {
  fetchMaybePage,
  findPageAddress,
  findRegistryAddress,
  findReputationAddress,
  getAddNodeInstructionAsync,
  getOpenPageInstructionAsync,
  getOutcomeDecoder,
  getRecordOutcomesInstructionAsync,
  getSyncTierInstructionAsync,
  type Page,
  type ProgramAddresses,
  RECORD_OUTCOMES_DISCRIMINATOR,
} from "@cyxwiz/contracts";
import { type Address, getArrayDecoder, type Instruction, type KeyPairSigner, type Signature } from "@solana/kit";
import { allInstructions, leadingNumber } from "../platform/all-instructions.ts";

/** Where a node's reputation is. */
export interface Place {
  readonly page: number;
  readonly entry: number;
}

/** A batch that is on chain. */
export interface Written {
  readonly signature: Signature;
  /** As {@link ReputationChain.recordOutcomes} takes them. */
  readonly outcomes: Uint8Array;
}

/** All that the reputation writer asks of the chain. Everything is read at `confirmed` and has a deadline. */
export interface ReputationChain {
  /** A page, if it was opened; pages are numbered from 0 without gaps. */
  page(index: number): Promise<Page | undefined>;
  openPage(index: number): Promise<Instruction>;
  addNode(index: number, wallet: string): Promise<Instruction>;
  /** @param outcomes four bytes each, as the program takes them */
  recordOutcomes(index: number, sequence: bigint, outcomes: Uint8Array): Promise<Instruction>;
  /** What was written at a place in a page's sequence; `undefined` when the provider doesn't show it. */
  written(index: number, sequence: bigint): Promise<Written | undefined>;
  /** Copies the tier of a node's entry to its account in the registry. */
  syncTier(nodeAddress: string, place: Place): Promise<Instruction>;
  /** Signs for the coordinator, who pays. */
  sign(instructions: readonly Instruction[]): Promise<SignedTransaction>;
  /** Sends signed bytes until they have landed or never can. Throws TIMED_OUT while that is open. */
  deliver(transaction: SignedTransaction, signal: AbortSignal): Promise<Confirmation>;
}

const AT = { commitment: "confirmed" } as const;
/** A transaction that is still open after this is looked at again later. */
const DELIVERY_MS = 30_000;
const POLL_MS = 100;
/** So many transactions of a page are looked through, newest first. */
const SEARCHED = 1_000;
/** Where the outcomes stand in what `record_outcomes` is given: behind discriminator u8 and sequence u64. */
const OUTCOMES_AT = 9;

/** What the coordinator does on one deployment of the programs. */
export async function openReputationChain(
  chain: Chain,
  programs: ProgramAddresses,
  coordinator: KeyPairSigner,
): Promise<ReputationChain> {
  const [reputation, registry] = await Promise.all([findReputationAddress(programs), findRegistryAddress(programs)]);
  const config = { programAddress: programs.reputationManager };
  const outcomeList = getArrayDecoder(getOutcomeDecoder(), { size: "remainder" });
  const at = (index: number): Promise<Address> => findPageAddress(index, programs);
  return {
    async page(index) {
      const found = await fetchMaybePage(chain.rpc, await at(index), AT);
      return found.exists && found.programAddress === programs.reputationManager ? found.data : undefined;
    },
    async openPage(pageIndex) {
      const accounts = { payer: coordinator, coordinator, reputation, page: await at(pageIndex) };
      return getOpenPageInstructionAsync({ ...accounts, pageIndex }, config);
    },
    async addNode(index, wallet) {
      const accounts = { coordinator, reputation, page: await at(index) };
      return getAddNodeInstructionAsync({ ...accounts, wallet: wallet as Address }, config);
    },
    async recordOutcomes(index, sequence, bytes) {
      const accounts = { coordinator, reputation, page: await at(index) };
      const outcomes = outcomeList.decode(bytes);
      return getRecordOutcomesInstructionAsync({ ...accounts, sequence, outcomes }, config);
    },
    async written(index, sequence) {
      const page = await at(index);
      const named = await chain.rpc.getSignaturesForAddress(page, { ...AT, limit: SEARCHED }).send();
      for (const { signature, err } of named) {
        const transaction = err === null ? await findPastTransaction(chain.rpc, signature) : undefined;
        for (const instruction of allInstructions(transaction)) {
          const { program, accounts, data } = instruction;
          if (program !== programs.reputationManager || data[0] !== RECORD_OUTCOMES_DISCRIMINATOR) continue;
          if (!accounts.includes(page) || leadingNumber(instruction) !== sequence) continue;
          return { signature, outcomes: data.slice(OUTCOMES_AT) };
        }
      }
      return undefined;
    },
    async syncTier(nodeAddress, { page, entry }) {
      const accounts = { registry, node: nodeAddress as Address, page: await at(page) };
      return getSyncTierInstructionAsync({ ...accounts, entry }, { programAddress: programs.nodeRegistry });
    },
    sign: (instructions) => buildAndSign(chain, { instructions, feePayer: coordinator }),
    deliver: (transaction, signal) => deliver(chain, transaction, { timeoutMs: DELIVERY_MS, pollMs: POLL_MS, signal }),
  };
}
