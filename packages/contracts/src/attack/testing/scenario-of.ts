import type { Instruction } from "@solana/kit";
import type { World } from "../../testing/world.ts";
import { peopleIn, rivalsIn } from "./rivals.ts";
import type { Scenario } from "./scenario.ts";

/** The scenario of an instruction in a world, with everything and everybody that could be mistaken there. */
export async function scenarioOf(world: World, instruction: Instruction): Promise<Scenario> {
  return { chain: world.chain, instruction, rivals: await rivalsIn(world), people: peopleIn(world) };
}
