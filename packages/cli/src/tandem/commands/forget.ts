/** `tandem forget`: a director that is gone for good is missed no more. */
import type { RemoteNode } from "@tandem/engine/client";
import { LbError } from "@tandem/model/failure";
import { answersOf } from "../../listing/gather.ts";
import { askAllNodes } from "../all-nodes.ts";
import { type Answer, type Command, EXIT } from "../command.ts";

export const forget: Command<object> = {
  operands: [{ name: "<peer>", help: "name of a director that is lost", values: "node" }],
  options: [],
  examples: [["forget lb3", "it was taken away, or renamed: every director forgets it"]],
  exitCodes: { 1: "it is not lost, nobody knows it, or a director did not answer and may know it still" },
  async run({ operands: [peer = ""] }, world): Promise<Answer> {
    const request = { peer, author: world.user };
    const isHeard = ({ node, state }: { node: string; state: string }) => node !== peer && state !== "lost";
    const { said } = await askAllNodes(world, (node) => hasForgotten(node, request), isHeard);
    const answers = answersOf(said);
    const nodes = answers.flatMap(({ node, answer }) => (answer ? [node] : []));
    const isWhole = answers.length === said.length;
    if (nodes.length === 0 && isWhole) throw new LbError({ code: "not_found", what: "peer", key: peer });
    return {
      json: { peer, forgottenBy: nodes },
      text: () =>
        `${peer} is forgotten by ${nodes.join(", ") || "nobody"}. If it speaks again, it is a peer again.\n`,
      exitCode: isWhole ? EXIT.ok : EXIT.failed,
    };
  },
};

/** False: it was not known there. */
async function hasForgotten(node: RemoteNode, request: { peer: string; author: string }): Promise<boolean> {
  try {
    await node.forgetPeer(request);
    return true;
  } catch (error) {
    if (error instanceof LbError && error.failure.code === "not_found") return false;
    throw error;
  }
}
