/** The packets that bring a connection into a state: the shortest way there. */
import type { Side } from "../testbed.ts";

/** A packet in words: flags of TCP, a chunk of SCTP, anything of UDP. */
export interface Ingredient {
  readonly from: Side;
  readonly what: string;
}

const c = (what: string): Ingredient => ({ from: "client", what });
const s = (what: string): Ingredient => ({ from: "server", what });

const OPENED = [c("S"), s("SA"), c("A")];
const ASSOCIATED = [c("INIT"), s("INIT_ACK"), c("COOKIE_ECHO"), s("COOKIE_ACK")];

/** By protocol and state, where both sides pass the director. */
const BOTH: Readonly<Record<string, Readonly<Record<string, readonly Ingredient[]>>>> = {
  TCP: {
    SYN_RECV: [c("S")],
    ESTABLISHED: OPENED,
    FIN_WAIT: [...OPENED, s("FA")],
    CLOSE_WAIT: [...OPENED, c("FA")],
    TIME_WAIT: [...OPENED, c("FA"), s("FA")],
    CLOSE: [...OPENED, c("R")],
  },
  UDP: { UDP: [c("")] },
  SCTP: {
    INIT1: [c("INIT")],
    INIT: [c("INIT"), s("INIT_ACK")],
    COOKIE_SENT: [c("INIT"), s("INIT_ACK"), c("COOKIE_ECHO")],
    ESTABLISHED: ASSOCIATED,
    SHUTDOWN_RECEIVED: [...ASSOCIATED, c("SHUTDOWN")],
    CLOSED: [...ASSOCIATED, c("ABORT")],
  },
};

/** The same, where the director sees the client alone. */
const ONE: typeof BOTH = {
  TCP: {
    SYN_RECV: [c("S")],
    ESTABLISHED: [c("S"), c("A")],
    FIN_WAIT: [c("S"), c("A"), c("FA")],
    TIME_WAIT: [c("S"), c("FA")],
    CLOSE: [c("S"), c("A"), c("R")],
  },
  UDP: { UDP: [c("")] },
  SCTP: { INIT1: [c("INIT")], ESTABLISHED: [c("INIT"), c("COOKIE_ECHO")] },
};

/** Undefined: no way is known. @param isTranslated whether the server's answers pass the director */
export const recipeOf = (
  protocol: string,
  state: string,
  isTranslated: boolean,
): readonly Ingredient[] | undefined => (isTranslated ? BOTH : ONE)[protocol]?.[state];

/** The packet that moves a connection no further, once it is established. */
export const FILLERS: Readonly<Record<string, string>> = { TCP: "PA", UDP: "", SCTP: "DATA" };

/** Where fillers go: behind the packets that a connection is established by. */
export function fillingPoint(protocol: string, recipe: readonly Ingredient[]): number | undefined {
  if (protocol === "UDP" || recipe.length === 0) return recipe.length;
  const at = recipe.findLastIndex(({ what }) => what === (protocol === "TCP" ? "A" : "COOKIE_ACK"));
  return at < 0 ? undefined : at + 1;
}
