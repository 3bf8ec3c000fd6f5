import { z } from "zod";
import { SLOTS_PER_EPOCH } from "../../ledger/bank.ts";
import { BLOCKHASH_LIFE_BLOCKS } from "../../ledger/commitment.ts";
import { readCommitment, withContext } from "../context.ts";
import { type MethodTable, method } from "../method.ts";
import { hash, readConfig, slot } from "../params.ts";
import { invalidParams } from "../rpc-error.ts";

const MAX_LEADERS = 5_000;

export const slotMethods: MethodTable = {
  getSlot: method(z.tuple([readConfig]), (host, config) => host.ledger.blocks.slotAt(readCommitment(host, config))),

  getEpochInfo: method(z.tuple([readConfig]), (host, config) => {
    const { blocks, history } = host.ledger;
    const commitment = readCommitment(host, config);
    const absoluteSlot = blocks.slotAt(commitment);
    return {
      absoluteSlot,
      blockHeight: blocks.heightAt(commitment),
      epoch: Math.floor(absoluteSlot / SLOTS_PER_EPOCH),
      slotIndex: absoluteSlot % SLOTS_PER_EPOCH,
      slotsInEpoch: SLOTS_PER_EPOCH,
      transactionCount: history.count,
    };
  }),

  getEpochSchedule: method(z.tuple([]), () => ({
    firstNormalEpoch: 0,
    firstNormalSlot: 0,
    leaderScheduleSlotOffset: SLOTS_PER_EPOCH,
    slotsPerEpoch: SLOTS_PER_EPOCH,
    warmup: false,
  })),

  getLatestBlockhash: method(z.tuple([readConfig]), (host, config) => {
    const commitment = readCommitment(host, config);
    const { hash, height } = host.ledger.blocks.closedAt(commitment);
    return withContext(host, commitment, { blockhash: hash, lastValidBlockHeight: height + BLOCKHASH_LIFE_BLOCKS });
  }),

  isBlockhashValid: method(z.tuple([hash, readConfig]), (host, blockhash, config) => {
    const commitment = readCommitment(host, config);
    const lastValid = host.ledger.blocks.lastValidHeight(blockhash);
    const known =
      lastValid !== undefined && lastValid - BLOCKHASH_LIFE_BLOCKS <= host.ledger.blocks.heightAt(commitment);
    return withContext(host, commitment, known);
  }),

  getSlotLeader: method(z.tuple([readConfig]), (host) => host.ledger.genesis.identity),

  getSlotLeaders: method(z.tuple([slot, slot]), (host, _, limit) => {
    if (limit < 1 || limit > MAX_LEADERS) throw invalidParams(`Invalid limit; max ${MAX_LEADERS}`);
    return Array.from({ length: limit }, () => host.ledger.genesis.identity);
  }),
};
