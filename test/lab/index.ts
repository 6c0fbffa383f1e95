/** The lab's door: what tests, the demo and benchmarks use. README.md shows the topology. */

export { startTraffic, type Traffic } from "./clients/traffic.ts";
export type {
  HttpFailure,
  LossReason,
  StepSummary,
  Target,
  TrafficOptions,
} from "./clients/traffic-options.ts";
export { type CommandOptions, type CommandResult, inNamespace } from "./command.ts";
export { LabError } from "./failure.ts";
export { createLab, findLab, type Lab, type LabOptions, type OwnLab } from "./lab.ts";
export { type Lock, type LockOptions, takeLock } from "./lock.ts";
export type { LabNode, LabProcess, SpawnOptions } from "./node.ts";
export type { LabStatus, LinkStatus, NodeStatus, ProcessStatus } from "./status.ts";
export {
  ADDRESSES,
  addressOf,
  type NetworkName,
  type NodeName,
  type NodeRole,
  nodesOf,
  PORTS,
} from "./topology.ts";
export { type UntilOptions, until } from "./until.ts";
