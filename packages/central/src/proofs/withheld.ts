import { isCyxwizError } from "@cyxwiz/errors";
import type { NodeFiles } from "@cyxwiz/verify";

/** The node did not show what it takes to train its job again. */
export class Withheld extends Error {
  override readonly name = "Withheld";
}

/** The same files; what keeps the node from showing one is a {@link Withheld}, whatever it was. */
export function blamingTheNode(files: NodeFiles): NodeFiles {
  const blame = async <T>(what: string, fetching: Promise<T>): Promise<T> => {
    try {
      return await fetching;
    } catch (error) {
      // That is whoever looks giving up, or having no room.
      if (isCyxwizError(error, "ABORTED") || isCyxwizError(error, "STORAGE_FAILED")) throw error;
      const reason = error instanceof Error ? error.message : String(error);
      throw new Withheld(`${what} was not shown: ${reason}`, { cause: error });
    }
  };
  return {
    proof: () => blame("the proof", files.proof()),
    state: (epoch, expected) => blame(`the state after epoch ${epoch}`, files.state(epoch, expected)),
    dataset: (path, maxBytes) => blame("the data set", files.dataset(path, maxBytes)),
  };
}
