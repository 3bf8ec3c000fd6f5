import { z } from "zod";
import { FAUCET_LAMPORTS } from "../../ledger/genesis.ts";
import { API_VERSION, readCommitment, withContext } from "../context.ts";
import { type MethodTable, method } from "../method.ts";
import { contextConfig, readConfig, slot } from "../params.ts";
import { invalidParams, RpcError } from "../rpc-error.ts";

const FEATURE_SET = 0;
const STAKE_LAMPORTS = 1_000_000_000;
const MAX_SAMPLES = 720;
const SAMPLE_SECONDS = 60;

export const clusterMethods: MethodTable = {
  getHealth: method(z.tuple([]), () => "ok"),
  getVersion: method(z.tuple([]), () => ({ "feature-set": FEATURE_SET, "solana-core": API_VERSION })),
  getIdentity: method(z.tuple([]), ({ ledger }) => ({ identity: ledger.genesis.identity })),
  getGenesisHash: method(z.tuple([]), ({ ledger }) => ledger.genesis.hash),

  getClusterNodes: method(z.tuple([]), ({ ledger, addresses }) => [
    {
      featureSet: FEATURE_SET,
      gossip: null,
      pubkey: ledger.genesis.identity,
      pubsub: addresses.pubsub,
      rpc: addresses.rpc,
      shredVersion: 1,
      tpu: null,
      tpuQuic: null,
      version: API_VERSION,
    },
  ]),

  getVoteAccounts: method(z.tuple([z.looseObject(contextConfig).nullish()]), (host, config) => {
    const { blocks, genesis } = host.ledger;
    const vote = {
      activatedStake: STAKE_LAMPORTS,
      commission: 0,
      epochCredits: [],
      epochVoteAccount: true,
      lastVote: blocks.slotAt(readCommitment(host, config)),
      nodePubkey: genesis.identity,
      rootSlot: blocks.slotAt("finalized"),
      votePubkey: genesis.identity,
    };
    return { current: [vote], delinquent: [] };
  }),

  getSupply: method(z.tuple([z.looseObject(contextConfig).nullish()]), (host, config) => {
    const commitment = readCommitment(host, config);
    const nonCirculating = host.ledger.accountAt(host.faucet.address, commitment)?.lamports ?? 0n;
    // Fees are burned; they are too small here to be worth a running total.
    return withContext(host, commitment, {
      circulating: FAUCET_LAMPORTS - nonCirculating,
      nonCirculating,
      nonCirculatingAccounts: [host.faucet.address],
      total: FAUCET_LAMPORTS,
    });
  }),

  getTransactionCount: method(z.tuple([readConfig]), (host, config) => {
    readCommitment(host, config);
    return host.ledger.history.count;
  }),

  getRecentPerformanceSamples: method(z.tuple([slot.nullish()]), ({ ledger, slotMs }, limit) => {
    if (limit != null && limit > MAX_SAMPLES) throw invalidParams(`Invalid limit; max ${MAX_SAMPLES}`);
    const perSample = Math.max(1, Math.round((SAMPLE_SECONDS * 1000) / (slotMs || 400)));
    const recent = ledger.blocks.closed.slice(-perSample);
    const numTransactions = recent.reduce((sum, block) => sum + block.transactions.length, 0);
    const sample = {
      numNonVoteTransactions: numTransactions,
      numSlots: recent.length,
      numTransactions,
      samplePeriodSecs: SAMPLE_SECONDS,
      slot: ledger.blocks.last.slot,
    };
    return limit === 0 ? [] : [sample];
  }),

  getInflationGovernor: method(z.tuple([readConfig]), () => ({
    foundation: 0,
    foundationTerm: 0,
    initial: 0,
    taper: 0,
    terminal: 0,
  })),
  getInflationRate: method(z.tuple([]), () => ({ epoch: 0, foundation: 0, total: 0, validator: 0 })),
  getInflationReward: method(z.tuple([z.array(z.string()), z.unknown().optional()]), (_, keys) => keys.map(() => null)),
  getStakeMinimumDelegation: method(z.tuple([readConfig]), (host, config) =>
    withContext(host, readCommitment(host, config), 1),
  ),
  getHighestSnapshotSlot: method(z.tuple([]), () => {
    throw new RpcError(-32008, "No snapshot");
  }),
  getMaxRetransmitSlot: method(z.tuple([]), ({ ledger }) => ledger.blocks.open.slot),
  getMaxShredInsertSlot: method(z.tuple([]), ({ ledger }) => ledger.blocks.open.slot),
};
