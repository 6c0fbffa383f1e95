/** The door for those who ask a node from outside: its API and what its answers are made of, without the director. */
export { connectNode, type RemoteNode } from "./api/client.ts";
export * from "./api/node-api.ts";
export { REASONS } from "./core/verdict.ts";
