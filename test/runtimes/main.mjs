// The suite where there is a command line: `main.mjs '{"url": …}'` prints the results as one line of JSON.
import * as FetchHttpClient from "@effect/platform/FetchHttpClient"
import * as Layer from "effect/Layer"
import { suite } from "./suite.mjs"

const { Deno, process } = globalThis
const [text] = Deno === undefined ? process.argv.slice(2) : Deno.args
const settings = JSON.parse(text)

const clientLayer = async () => {
  if (settings.client === "UndiciClient") return (await import("effect-wacht/UndiciClient")).layer
  if (Deno === undefined) return FetchHttpClient.layer
  // Deno's fetch sends a POST a second time when a connection taken from the pool is lost: so nothing may come from the pool.
  const requestInit = { client: Deno.createHttpClient({ poolMaxIdlePerHost: 0 }) }
  return Layer.provide(FetchHttpClient.layer, Layer.succeed(FetchHttpClient.RequestInit, requestInit))
}

console.log(JSON.stringify(await suite(settings, await clientLayer())))
