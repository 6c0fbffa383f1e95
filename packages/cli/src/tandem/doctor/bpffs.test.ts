import { expect, test } from "vitest";
import { probeBpffs } from "./bpffs.ts";
import { examine } from "./testing.ts";

const filesystems = "nodev\tsysfs\nnodev\tbpf\n\text4\n";
const bpffs: { name: string; files: Record<string, string>; want: string }[] = [
  {
    name: "mounted",
    files: {
      "/proc/filesystems": filesystems,
      "/proc/mounts": "proc /proc proc rw 0 0\nbpf /sys/fs/bpf bpf rw 0 0\n",
    },
    want: "ok bpffs: mounted at /sys/fs/bpf",
  },
  {
    name: "not mounted",
    files: { "/proc/filesystems": filesystems, "/proc/mounts": "proc /proc proc rw 0 0\n" },
    want: "ok bpffs: not mounted yet; the daemon will",
  },
  {
    name: "unknown to the kernel",
    files: { "/proc/filesystems": "nodev\tsysfs\n" },
    want: "fail bpffs: the kernel has no BPF file system: connections would not outlive the daemon",
  },
];
for (const { name, files, want } of bpffs) {
  test(`bpffs ${name}`, async () => expect(await examine(probeBpffs, { files })).toEqual([want]));
}
