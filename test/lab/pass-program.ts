/** The smallest XDP program: every frame goes on. It is there for what a kernel does only for devices that have one. */
import { closeSync } from "node:fs";
import koffi from "koffi";

const XDP = 6; // BPF_PROG_TYPE_XDP
/** `r0 = 2` (XDP_PASS); `exit`. */
const INSTRUCTIONS = Buffer.from("b7000000020000009500000000000000", "hex");

/** Load it and pin it at a path of a bpffs. Throws a plain Error with the errno. */
export function pinPassProgram(path: string): void {
  const library = koffi.load("libbpf.so.1");
  const load = library.func("int bpf_prog_load(int, const char *, const char *, void *, size_t, void *)");
  const pin = library.func("int bpf_obj_pin(int, const char *)");
  const fd = load(XDP, "pass", "Apache-2.0", INSTRUCTIONS, INSTRUCTIONS.length / 8, null);
  if (fd < 0) throw new Error(`bpf_prog_load: errno ${-fd}`);
  const result = pin(fd, path);
  closeSync(fd);
  if (result < 0) throw new Error(`bpf_obj_pin: errno ${-result}`);
}
