/** `tandem ipvsadm`: ipvsadm's command line through the API, with the options of `tandem` before it. `tandem-ipvsadm` takes a shorter way to the same. */
import { LbError } from "@tandem/model/failure";
import { type Command, type Format, withDaemon } from "../command.ts";

export const ipvsadm: Command<object> = {
  operands: [{ name: "[arguments...]", help: "as ipvsadm takes them; `-h` lists them" }],
  options: [],
  examples: [
    ["ipvsadm -Ln --stats", "list services and what they had"],
    ["ipvsadm -a -t 192.0.2.10:80 -r 10.0.0.4:80 -m -w 10", "add a real server, on every director"],
    ["ipvsadm -R < rules", "read what `ipvsadm -S` wrote: all of it, or nothing"],
  ],
  async run({ operands, format }, world) {
    if (format !== "text") throw noData(format);
    const input = operands.some((word) => /^(-R|--restore$)/.test(word)) ? await world.readInput() : "";
    const { exitCode, output, errors } = await withDaemon(world, (node) =>
      node.ipvsadm({ args: operands, input, author: world.user, role: "admin" }),
    );
    world.out.write(output);
    world.err.write(errors);
    return exitCode;
  },
};

/** What it prints is ipvsadm's, whoever asks. */
const noData = (format: Format): LbError =>
  new LbError({
    code: "invalid_argument",
    doing: "run ipvsadm",
    field: "the output's format",
    got: `"${format}"`,
    want: `"text": for data there are \`tandem services -o ${format}\` and \`tandem connections -o ${format}\``,
  });
