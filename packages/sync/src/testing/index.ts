/** Clusters in virtual time, for tests here and of the engine's real table. */
export * from "./chance.ts";
export * from "./cluster.ts";
export * from "./plain-seal.ts";
export * from "./table-model.ts";
export * from "./trouble.ts";
export * from "./virtual-time.ts";
export * from "./wire.ts";
