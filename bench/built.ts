// Parts of the package that it does not export, built as the package is.
import { build } from "esbuild"
import { mkdirSync, writeFileSync } from "node:fs"
import type * as Decoder from "../src/schemas/internal/decoder.js"
import type * as Lists from "../src/schemas/internal/lists.js"
import type * as Page from "../src/schemas/Page.js"

const cache = new URL("../.cache/", import.meta.url)

const { outputFiles } = await build({
  stdin: {
    contents: `export { compileDecoder } from "./schemas/internal/decoder.js"
export { ApiKeyList } from "./schemas/internal/lists.js"
export { ApiAuditLogPage } from "./schemas/Page.js"`,
    resolveDir: new URL("../src", import.meta.url).pathname
  },
  bundle: true,
  format: "esm",
  platform: "neutral",
  target: "es2022",
  external: ["effect/*", "@effect/*"],
  write: false
})
mkdirSync(cache, { recursive: true })
const file = new URL("built.js", cache)
writeFileSync(file, outputFiles[0]?.contents ?? "")

export const { ApiAuditLogPage, ApiKeyList, compileDecoder } = (await import(file.href)) as typeof Decoder &
  typeof Lists &
  typeof Page
