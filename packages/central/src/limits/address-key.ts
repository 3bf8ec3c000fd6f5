import { isIPv6 } from "node:net";

const MAPPED = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i;
const GROUPS = 8;
const NETWORK_GROUPS = 4;

/** What limits count an address as: of IPv6 its /64, because whoever has one address of it has all of them. */
export function addressKey(address: string): string {
  const [, mapped] = MAPPED.exec(address) ?? [];
  if (mapped !== undefined) return mapped;
  if (!isIPv6(address)) return address || "unknown";
  const [front = [], back] = address.split("::").map((part) => part.split(":").filter(Boolean));
  const zeros = back ? GROUPS - front.length - back.length : 0;
  const groups = [...front, ...Array<string>(Math.max(zeros, 0)).fill("0"), ...(back ?? [])];
  const network = groups.slice(0, NETWORK_GROUPS).map((group) => Number.parseInt(group, 16).toString(16));
  return `${network.join(":")}::/64`;
}
