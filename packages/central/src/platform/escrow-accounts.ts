import type { Chain } from "@cyxwiz/chain";
import {
  ESCROW_DISCRIMINATOR,
  type Escrow,
  findEscrowAddress,
  findVaultAddress,
  getEscrowDecoder,
  jobIdToBytes,
  type ProgramAddresses,
} from "@cyxwiz/contracts";
import { type Address, type Base58EncodedBytes, getBase58Decoder, getBase64Encoder } from "@solana/kit";
import { getTokenDecoder, getTokenSize, TOKEN_PROGRAM_ADDRESS } from "@solana-program/token";
import type { EscrowOnChain } from "./platform-chain.ts";

const VERSION = 2;
/** Where the job id stands in an escrow account. */
const JOB_ID_OFFSET = 240n;

/** Reads an escrow and its vault at `confirmed`, whatever they are. */
export async function readEscrow(
  { rpc }: Pick<Chain, "rpc">,
  programs: ProgramAddresses,
  address: Address,
): Promise<EscrowOnChain | undefined> {
  const vaultAddress = await findVaultAddress(address, programs);
  const { value } = await rpc
    .getMultipleAccounts([address, vaultAddress], { commitment: "confirmed", encoding: "base64" })
    .send();
  const [account, vaultAccount] = value;
  if (!account) return undefined;
  const escrow = decode(new Uint8Array(getBase64Encoder().encode(account.data[0])));
  return {
    owner: account.owner,
    ...(escrow && { escrow, expectedAddress: await findEscrowAddress(escrow.payer, escrow.slot, programs) }),
    ...vaultOf(vaultAccount),
  };
}

/** Escrow accounts whose present use is for this job. */
export async function findEscrows(
  { rpc }: Pick<Chain, "rpc">,
  programs: ProgramAddresses,
  jobId: string,
): Promise<Address[]> {
  const bytes = getBase58Decoder().decode(jobIdToBytes(jobId)) as unknown as Base58EncodedBytes;
  const found = await rpc
    .getProgramAccounts(programs.jobEscrow, {
      commitment: "confirmed",
      encoding: "base64",
      dataSlice: { offset: 0, length: 0 },
      filters: [{ memcmp: { offset: JOB_ID_OFFSET, bytes, encoding: "base58" } }],
    })
    .send();
  return found.map(({ pubkey }) => pubkey);
}

function decode(data: Uint8Array): Escrow | undefined {
  const decoder = getEscrowDecoder();
  if (data.length !== decoder.fixedSize || data[0] !== ESCROW_DISCRIMINATOR || data[1] !== VERSION) return undefined;
  return decoder.decode(data);
}

function vaultOf(
  account: { readonly owner: Address; readonly data: readonly [string, ...unknown[]] } | null | undefined,
): Pick<EscrowOnChain, "vault"> {
  if (!account || account.owner !== TOKEN_PROGRAM_ADDRESS) return {};
  const data = new Uint8Array(getBase64Encoder().encode(account.data[0]));
  if (data.length !== getTokenSize()) return {};
  const { mint, owner, amount } = getTokenDecoder().decode(data);
  return { vault: { mint, owner, amount } };
}
