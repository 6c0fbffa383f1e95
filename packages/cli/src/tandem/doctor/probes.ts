/** What `doctor` looks at, in the order of its report. To look at more, write a probe and add a line. */
import { probeAddresses } from "./addresses.ts";
import { probeBpffs } from "./bpffs.ts";
import { probeCapabilities } from "./capabilities.ts";
import { probeFirewall } from "./firewall.ts";
import { probeKernelOptions } from "./kernel-options.ts";
import { probeMarks } from "./marks.ts";
import type { Probe } from "./probe.ts";
import { probeSysctls } from "./sysctls.ts";
import { probeTunnels } from "./tunnels.ts";
import { probeVersions } from "./versions.ts";

/** Every probe. */
export const PROBES: readonly Probe[] = [
  probeVersions,
  probeKernelOptions,
  probeCapabilities,
  probeBpffs,
  probeSysctls,
  probeAddresses,
  probeMarks,
  probeTunnels,
  probeFirewall,
];
