/** The way into `tandem`. */
import { keepCompiled } from "./compile-cache.js";

keepCompiled();
await import("../src/tandem/main.ts");
