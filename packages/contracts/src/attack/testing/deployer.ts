import { type Address, getAddressEncoder } from "@solana/kit";
import { findProgramDataAddress } from "../../addresses.ts";
import type { Chain } from "../../testing/chain.ts";

/** Tag, slot, then `Option<Address>` of the upgrade authority. */
const AUTHORITY_OFFSET = 12;

/** Makes a program one that a certain key can upgrade, as deployed programs are. */
export async function upgradeableBy(chain: Chain, program: Address, authority: Address): Promise<void> {
  chain.overwrite(await findProgramDataAddress(program), (data) => {
    data.set([1, ...getAddressEncoder().encode(authority)], AUTHORITY_OFFSET);
    return data;
  });
}
