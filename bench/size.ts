// What the built package weighs, by esbuild.
import { build } from "esbuild"
import { gzipSync } from "node:zlib"
import { fileURLToPath } from "node:url"

const root = fileURLToPath(new URL("..", import.meta.url))
const peers = ["effect", "effect/*", "@effect/platform", "@effect/platform/*", "undici"]

const weigh = async (contents: string, external: ReadonlyArray<string>): Promise<number> => {
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: root },
    bundle: true,
    minify: true,
    format: "esm",
    platform: "neutral",
    mainFields: ["module", "main"],
    conditions: ["import"],
    target: "es2022",
    write: false,
    external: [...external],
    tsconfigRaw: "{}",
    logLevel: "error"
  })
  return gzipSync(outputFiles[0]?.contents ?? new Uint8Array(), { level: 9 }).length / 1024
}

const app = `
import * as FetchHttpClient from "@effect/platform/FetchHttpClient"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as ApiKeys from "effect-wacht/ApiKeys"
import * as WachtClient from "effect-wacht/WachtClient"
const Live = ApiKeys.layer.pipe(
  Layer.provide(WachtClient.layer({ apiKey: Redacted.make("key") })),
  Layer.provide(FetchHttpClient.layer)
)
Effect.flatMap(ApiKeys.ApiKeys, (keys) => keys.getApiAuthApp("app")).pipe(Effect.provide(Live), Effect.runPromise)
`

/** In KiB, minified and gzipped. */
export const sizes = async () => ({
  all: await weigh(`export * from "effect-wacht"`, peers),
  one: await weigh(
    `export { ApiKeys, layer } from "effect-wacht/ApiKeys"; export { layer as client } from "effect-wacht/WachtClient"`,
    peers
  ),
  app: await weigh(app, [])
})
