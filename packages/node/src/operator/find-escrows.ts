import { ESCROW_DISCRIMINATOR, ESCROW_OFFSETS, type Escrow, getEscrowDecoder, jobIdToBytes } from "@cyxwiz/contracts";
import {
  type Address,
  type Base64EncodedBytes,
  getAddressEncoder,
  getBase64Decoder,
  getBase64Encoder,
} from "@solana/kit";
import { type OperatorContext, programsOf } from "./operator-context.ts";

/** An escrow's account and where it is. */
export interface FoundEscrow {
  readonly address: Address;
  readonly data: Escrow;
}

/** Which escrows are wanted: by who pays, by the node's wallet, or by the job they serve now. */
export type EscrowsOf = { readonly payer: Address } | { readonly node: Address } | { readonly jobId: string };

/** What was found. */
export interface FoundEscrows {
  readonly escrows: readonly FoundEscrow[];
  /** Accounts that an older program made: they have to be migrated before anything can be done with them. */
  readonly outdated: readonly Address[];
}

/** Reads all escrows of somebody. */
export async function findEscrows(context: OperatorContext, of: EscrowsOf): Promise<FoundEscrows> {
  const [field, wanted] =
    "payer" in of
      ? (["payer", getAddressEncoder().encode(of.payer)] as const)
      : "node" in of
        ? (["node", getAddressEncoder().encode(of.node)] as const)
        : (["jobId", jobIdToBytes(of.jobId)] as const);
  const bytes = getBase64Decoder().decode(wanted) as Base64EncodedBytes;
  const found = await context.chain.rpc
    .getProgramAccounts(programsOf(context).jobEscrow, {
      commitment: "confirmed",
      encoding: "base64",
      filters: [{ memcmp: { offset: BigInt(ESCROW_OFFSETS[field]), bytes, encoding: "base64" } }],
    })
    .send(context.signal ? { abortSignal: context.signal } : {});
  const accounts = found.map(({ pubkey, account }) => {
    const bytes = new Uint8Array(getBase64Encoder().encode(account.data[0]));
    return { address: pubkey, data: decodeEscrow(bytes), isEscrow: bytes[0] === ESCROW_DISCRIMINATOR };
  });
  return {
    escrows: accounts.flatMap(({ address, data }) => (data ? [{ address, data }] : [])),
    outdated: accounts.flatMap(({ address, data, isEscrow }) => (isEscrow && !data ? [address] : [])),
  };
}

/** An escrow's fields; `undefined` for bytes that are none of the present version. */
export function decodeEscrow(bytes: Uint8Array): Escrow | undefined {
  const decoder = getEscrowDecoder();
  if (bytes.length !== decoder.fixedSize || bytes[0] !== ESCROW_DISCRIMINATOR) return undefined;
  return decoder.decode(bytes);
}
