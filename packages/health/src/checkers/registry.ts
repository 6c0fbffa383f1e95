import type { CheckSpec } from "@tandem/model";
import type { Checker } from "../checker.ts";
import { createHttpChecker } from "./http.ts";
import { createTcpChecker } from "./tcp.ts";

type CheckersByType = { readonly [T in CheckSpec["type"]]: (spec: CheckSpec & { type: T }) => Checker };

const CHECKERS: CheckersByType = { tcp: createTcpChecker, http: createHttpChecker };

/** The checker that a specification asks for, over real sockets. */
export function createChecker<T extends CheckSpec["type"]>(spec: CheckSpec & { type: T }): Checker {
  return CHECKERS[spec.type](spec);
}
