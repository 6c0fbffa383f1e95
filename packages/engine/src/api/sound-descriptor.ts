/**
 * File descriptors as protoc makes them. protobuf.js (7.6) names the entries of maps after their field alone, leaves names of types relative and forgets
 * which fields are optional; libraries that check descriptors (those of C++, Go and Python) refuse the first.
 */
import descriptor from "protobufjs/ext/descriptor/index.js";

interface File {
  name: string;
  readonly package: string;
  readonly messageType: readonly Message[];
  readonly enumType: readonly { readonly name: string }[];
}

interface Message {
  name: string;
  readonly field: readonly Field[];
  readonly nestedType: readonly Message[];
  readonly enumType: readonly { readonly name: string }[];
  readonly oneofDecl: readonly { readonly name: string }[];
  readonly options?: { readonly mapEntry?: boolean };
}

interface Field {
  readonly name: string;
  typeName: string;
  readonly oneofIndex: number;
  proto3Optional: boolean;
}

/** A file's descriptor, mended. `name` is what others import the file by. The file imports nothing itself. */
export function soundDescriptor(bytes: Uint8Array, name: string): Buffer {
  const { FileDescriptorProto } = descriptor;
  const file = FileDescriptorProto.decode(bytes) as unknown as File;
  file.name = name;
  for (const message of file.messageType) nameMapEntries(message);
  const known = new Set(namesIn(file.messageType, file.enumType, file.package));
  for (const message of file.messageType) mend(message, `${file.package}.${message.name}`, known);
  return Buffer.from(FileDescriptorProto.encode(file as never).finish());
}

/** The entry of `map<…> seen_at` is `SeenAtEntry`. */
function nameMapEntries(message: Message): void {
  for (const nested of message.nestedType) {
    nameMapEntries(nested);
    const field = message.field.find((f) => f.typeName === nested.name);
    if (!nested.options?.mapEntry || !field) continue;
    nested.name = `${camelCase(field.name)}Entry`;
    field.typeName = nested.name;
  }
}

const camelCase = (name: string): string =>
  name.replaceAll(/(?:^|_)([a-z])/g, (_, letter: string) => letter.toUpperCase());

function namesIn(messages: readonly Message[], enums: readonly { name: string }[], scope: string): string[] {
  const within = messages.flatMap((m) => namesIn(m.nestedType, m.enumType, `${scope}.${m.name}`));
  return [...[...messages, ...enums].map((type) => `${scope}.${type.name}`), ...within];
}

function mend(message: Message, scope: string, known: ReadonlySet<string>): void {
  for (const nested of message.nestedType) mend(nested, `${scope}.${nested.name}`, known);
  for (const field of message.field) {
    if (field.typeName) field.typeName = resolve(field.typeName, scope, known);
    if (message.oneofDecl[field.oneofIndex]?.name === `_${field.name}`)
      field.proto3Optional = Object.hasOwn(field, "oneofIndex");
  }
}

/** The full name of a type, looked for from the inside out. */
function resolve(name: string, scope: string, known: ReadonlySet<string>): string {
  if (name.startsWith(".")) return name;
  for (let at = scope; at !== ""; at = at.slice(0, Math.max(0, at.lastIndexOf(".")))) {
    if (known.has(`${at}.${name}`)) return `.${at}.${name}`;
  }
  throw new Error(`invariant: no type "${name}" in "${scope}"`);
}
