import { enableCompileCache } from "node:module";
import { join } from "node:path";

// For `node --import`: what was compiled once is kept, in a folder that no other user writes to.
enableCompileCache(join(import.meta.dirname, "..", "node_modules", ".cache", "compiled"));
