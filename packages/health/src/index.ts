/** Health: asks destinations how they are, and makes effective weights of the answers. */
export { type Clock, createSystemClock } from "./clock.ts";
export {
  createMonitor,
  type DestinationHealth,
  type HealthChange,
  type Monitor,
} from "./monitor.ts";
