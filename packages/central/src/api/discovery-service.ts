import type { ServiceImpl } from "@connectrpc/connect";
import { CyxwizError } from "@cyxwiz/errors";
import type { FindNodesRequest, NodeDiscoveryService, NodeInfo } from "@cyxwiz/protocol";
import type { Context } from "../context.ts";
import { allNodes, compareNodes, hasDevice, nodeInfo, pricePerHour } from "../nodes/find-nodes.ts";

const MAX_RESULTS = 200;
const DEFAULT_RESULTS = 50;

/** Who is there to work. */
export function discoveryService(context: Context): ServiceImpl<typeof NodeDiscoveryService> {
  return {
    async findNodes(request) {
      const matching = (await allNodes(context)).filter((info) => info.isOnline && fits(info, request));
      matching.sort(compareNodes(request.sortBy));
      return {
        nodes: matching.slice(0, limit(request.maxResults)),
        totalMatching: matching.length,
        ...prices(matching),
      };
    },

    async listNodes(request) {
      const all = (await allNodes(context)).filter(
        (info) =>
          (!request.onlineOnly || info.isOnline) &&
          hasDevice(info, request.filterDevice) &&
          (request.filterRegion === "" || info.region === request.filterRegion) &&
          pricePerHour(info) >= request.minPricePerHour &&
          (request.maxPricePerHour === 0 || pricePerHour(info) <= request.maxPricePerHour),
      );
      const compare = compareNodes(request.sortBy);
      all.sort((a, b) => (request.sortDescending ? compare(b, a) : compare(a, b)));
      const from = request.pageToken === "" ? 0 : Number(request.pageToken);
      if (!Number.isSafeInteger(from) || from < 0) {
        throw new CyxwizError("INVALID_FIELD", { field: "page_token", problem: "is none of ours" });
      }
      const to = from + limit(request.pageSize);
      return {
        nodes: all.slice(from, to),
        nextPageToken: to < all.length ? String(to) : "",
        totalCount: all.length,
        onlineCount: all.filter((info) => info.isOnline).length,
        networkAvgPrice: prices(all).avgPricePerHour,
        networkTotalCompute: all.reduce((sum, info) => sum + info.computeScore, 0),
      };
    },

    async getNodeInfo({ nodeId }) {
      return { info: await nodeInfo(context, nodeId) };
    },
  };
}

function fits(info: NodeInfo, request: FindNodesRequest): boolean {
  const device = info.devices.find(({ deviceType }) => deviceType === request.requiredDevice);
  return (
    hasDevice(info, request.requiredDevice) &&
    info.ramTotal >= request.minMemory &&
    (request.minVram === 0n || (device?.vramTotal ?? 0n) >= request.minVram) &&
    info.computeScore >= request.minComputeScore &&
    info.reputationScore >= request.minReputation &&
    info.stakedAmount >= request.minStake &&
    (request.allowedRegions.length === 0 || request.allowedRegions.includes(info.region)) &&
    !request.blockedRegions.includes(info.region) &&
    (request.maxPricePerHour === 0 || pricePerHour(info) <= request.maxPricePerHour) &&
    (!request.requireFreeTier || info.pricing?.freeTierAvailable === true)
  );
}

function prices(nodes: readonly NodeInfo[]) {
  const all = nodes.map(pricePerHour);
  if (all.length === 0) return { avgPricePerHour: 0, minPricePerHour: 0, maxPricePerHour: 0 };
  const sum = all.reduce((total, value) => total + value, 0);
  return { avgPricePerHour: sum / all.length, minPricePerHour: Math.min(...all), maxPricePerHour: Math.max(...all) };
}

function limit(asked: number): number {
  return Math.min(asked > 0 ? asked : DEFAULT_RESULTS, MAX_RESULTS);
}
