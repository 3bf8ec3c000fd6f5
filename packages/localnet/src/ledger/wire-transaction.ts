import { createPublicKey, type KeyObject, verify } from "node:crypto";
import {
  type Address,
  getAddressEncoder,
  getBase58Decoder,
  getCompiledTransactionMessageDecoder,
  getTransactionDecoder,
  type ReadonlyUint8Array,
  type Signature,
  type Transaction,
} from "@solana/kit";

/** One instruction of a message; indexes point into the transaction's account keys. */
export interface CompiledInstruction {
  readonly programIdIndex: number;
  readonly accounts: readonly number[];
  readonly data: Uint8Array;
}

export interface AddressTableLookup {
  readonly accountKey: Address;
  readonly writableIndexes: readonly number[];
  readonly readonlyIndexes: readonly number[];
}

/** A message taken apart, as far as its own bytes go (looked-up addresses need the chain). */
export interface WireMessage {
  readonly version: "legacy" | 0;
  readonly numSigners: number;
  readonly numReadonlySigners: number;
  readonly numReadonlyNonSigners: number;
  readonly staticKeys: readonly Address[];
  readonly blockhash: string;
  readonly instructions: readonly CompiledInstruction[];
  readonly lookups: readonly AddressTableLookup[];
}

export interface WireTransaction extends WireMessage {
  readonly bytes: Uint8Array;
  readonly transaction: Transaction;
  /** The fee payer's, by which the transaction is known. */
  readonly signature: Signature;
  readonly signatures: readonly Signature[];
}

const NO_SIGNATURE = new Uint8Array(64);

/** Takes a transaction's bytes apart. Throws any error when they are no transaction of version legacy or 0. */
export function parseWireTransaction(bytes: Uint8Array): WireTransaction {
  const [transaction, end] = getTransactionDecoder().read(bytes, 0);
  if (end !== bytes.length) throw new Error("trailing bytes");
  const message = parseWireMessage(transaction.messageBytes);
  const base58 = getBase58Decoder();
  const signatures = Object.values(transaction.signatures).map((s) => base58.decode(s ?? NO_SIGNATURE) as Signature);
  if (signatures.length !== message.numSigners || signatures[0] === undefined) throw new Error("signature count");
  return { ...message, bytes, transaction, signature: signatures[0], signatures };
}

/** Takes a message's bytes apart, or throws like {@link parseWireTransaction}. */
export function parseWireMessage(bytes: ReadonlyUint8Array): WireMessage {
  const message = getCompiledTransactionMessageDecoder().decode(bytes);
  if (message.version !== "legacy" && message.version !== 0) throw new Error("unsupported version");
  const lookups = "addressTableLookups" in message ? (message.addressTableLookups ?? []) : [];
  const { numSignerAccounts, numReadonlySignerAccounts, numReadonlyNonSignerAccounts } = message.header;
  return {
    version: message.version,
    numSigners: numSignerAccounts,
    numReadonlySigners: numReadonlySignerAccounts,
    numReadonlyNonSigners: numReadonlyNonSignerAccounts,
    staticKeys: message.staticAccounts,
    blockhash: message.lifetimeToken,
    instructions: message.instructions.map((instruction) => ({
      programIdIndex: instruction.programAddressIndex,
      accounts: instruction.accountIndices ?? [],
      data: new Uint8Array(instruction.data ?? []),
    })),
    lookups: lookups.map((lookup) => ({
      accountKey: lookup.lookupTableAddress,
      writableIndexes: lookup.writableIndexes,
      readonlyIndexes: lookup.readonlyIndexes,
    })),
  };
}

/** True if every required signature is there and signs these bytes. */
export function signaturesAreValid(wire: WireTransaction): boolean {
  return Object.entries(wire.transaction.signatures).every(
    ([signer, signature]) =>
      signature !== null &&
      verify(
        null,
        new Uint8Array(wire.transaction.messageBytes),
        publicKey(signer as Address),
        new Uint8Array(signature),
      ),
  );
}

// An Ed25519 key in DER is this prefix and the 32 bytes (RFC 8410).
const SPKI_PREFIX = Buffer.from("302a300506032b6570032100", "hex");

function publicKey(address: Address): KeyObject {
  const key = Buffer.concat([SPKI_PREFIX, new Uint8Array(getAddressEncoder().encode(address))]);
  return createPublicKey({ key, format: "der", type: "spki" });
}
