/** Explanations for the API: the forwarder's, in the operators' words. */
import type { Engine, ExplanationStatus, PacketQuestion } from "@tandem/engine";
import { canonicalAddress, familyOf, LbError, PROTOCOL_NUMBERS } from "@tandem/model";
import { connectionStatus } from "./connection-list.ts";

/** Why a packet goes where it goes on this node. @throws LbError invalid_argument if its two addresses are of two families */
export async function explainPacket(
  engine: Engine,
  node: string,
  question: PacketQuestion,
): Promise<ExplanationStatus> {
  const [client, clientPort] = splitEndpoint(question.client);
  const [virtual, virtualPort] = splitEndpoint(question.virtual);
  if (familyOf(client) !== familyOf(virtual)) throw mixedFamilies(question);
  const protocol = PROTOCOL_NUMBERS[question.protocol as keyof typeof PROTOCOL_NUMBERS];
  const { mark } = question;
  const entrance = question.interface === undefined ? {} : { interface: question.interface };
  const packet = { protocol, client, clientPort, virtual, virtualPort, mark, ...entrance };
  const { connection, template, scheduler, rewriting, ...same } = await engine.ask("explain", packet);
  return {
    ...same,
    ...(connection && { connection: connectionStatus(connection, node) }),
    ...(template && { template: connectionStatus(template, node) }),
    ...(scheduler && { scheduler: { ...scheduler, candidates: [...scheduler.candidates] } }),
    rewriting: [...rewriting],
    node,
  };
}

/** Address and port, 0 without one, of an address or endpoint in canonical text. */
export function splitEndpoint(text: string): [address: string, port: number] {
  const address = canonicalAddress(text);
  if (address !== undefined) return [address, 0];
  const at = text.lastIndexOf(":");
  return [text.slice(0, at).replace(/^\[|\]$/g, ""), Number(text.slice(at + 1))];
}

function mixedFamilies({ client, virtual }: PacketQuestion): LbError {
  const want = `an address of the family of "${virtual}"`;
  return new LbError({
    code: "invalid_argument",
    doing: "explain",
    field: "client",
    got: JSON.stringify(client),
    want,
  });
}
