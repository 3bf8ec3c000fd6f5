import { networkInterfaces } from "node:os";
import ipaddr from "ipaddr.js";

/** Whether the node may connect to an IP address in order to fetch data for a stranger. */
export type AddressPolicy = (address: string) => boolean;

/**
 * True for ordinary addresses of the public internet. False for all that are private, of this machine or its link, shared,
 * multicast or reserved, for those that wrap an IPv4 address in an IPv6 one, by which all of these can be meant, and for
 * what is no address.
 */
export const isPublicAddress: AddressPolicy = (address) => {
  if (!ipaddr.isValid(address)) return false;
  const parsed = ipaddr.parse(address);
  return parsed.range() === "unicast" && !isOwn(parsed.toNormalizedString());
};

/** What listens on this machine's public address may take callers from the machine itself for friends. */
function isOwn(address: string): boolean {
  return Object.values(networkInterfaces()).some((own) =>
    own?.some((each) => ipaddr.isValid(each.address) && ipaddr.parse(each.address).toNormalizedString() === address),
  );
}
