/**
 * How fast the emulator answers: in process, and as a server beside a bare `node:http` echo in the same run; and how
 * long it takes to start. `npx tsx bench/emulator.ts`, after `npm run build`.
 */
import * as HttpClient from "@effect/platform/HttpClient"
import * as HttpClientRequest from "@effect/platform/HttpClientRequest"
import * as Effect from "effect/Effect"
import { spawn } from "node:child_process"
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { Agent, createServer, request as httpRequest } from "node:http"
import type { AddressInfo } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { parseArgs } from "node:util"
import { Emulator } from "../src/testing/index.js"
import * as defaultWorld from "../src/testing/emulator/defaultWorld.js"

const { values } = parseArgs({ options: { seconds: { type: "string", default: "3" } } })
const seconds = Number(values.seconds)
const root = fileURLToPath(new URL("..", import.meta.url))
const command = `${root}dist/testing/bin/effect-wacht-emulator.js`

interface Sent {
  readonly method: "GET" | "POST"
  readonly path: string
  readonly body?: string
}

// an app without a scheme counts a thousand calls a minute: the bench's backend key and key are given more
const wide = [{ unit: "second", duration: 1, max_requests: 1_000_000_000 }] as const
const key = "sk_0000000000000000000000000000000000000000000"
const at = { created_at: "2026-01-01T00:00:00Z" }
const deployment_id = "200000000000000001"
const world = {
  ...defaultWorld.file,
  actors: { owner: { ...defaultWorld.file.actors["owner"], rate_limits: wide } },
  rate_limit_schemes: [{ id: "300000000000000001", deployment_id, slug: "wide", name: "Wide", rules: wide, ...at }],
  api_auth_apps: [
    { deployment_id, app_slug: "shop", name: "Shop", key_prefix: "sk", rate_limit_scheme_slug: "wide", ...at }
  ],
  api_keys: [
    {
      id: "300000000000000011",
      deployment_id,
      app_slug: "shop",
      name: "first",
      key_prefix: "sk",
      secret: key,
      rate_limit_scheme_slug: "wide",
      ...at
    }
  ]
}

const cases: ReadonlyArray<readonly [name: string, sent: Sent]> = [
  ["getApiAuthApp", { method: "GET", path: "/api-auth/apps/shop" }],
  ["listApiKeys", { method: "GET", path: "/api-auth/apps/shop/keys" }],
  [
    "revokeApiKey (404)",
    { method: "POST", path: "/api-auth/apps/shop/keys/5/revoke", body: JSON.stringify({ reason: "bench" }) }
  ],
  [
    "checkAuthz",
    {
      method: "POST",
      path: "/v1/authz/check",
      body: JSON.stringify({ principal: { type: "api_key", value: key }, resource: "/v1/orders", method: "GET" })
    }
  ]
]

const headers = (sent: Sent) => ({
  ...(sent.path.startsWith("/v1") ? {} : { authorization: `Bearer ${defaultWorld.credential}` }),
  ...(sent.body === undefined ? {} : { "content-type": "application/json" })
})

/** Requests per second of `once`, by `width` at a time. */
const rate = async (once: () => Promise<unknown>, width: number): Promise<number> => {
  const run = async (millis: number) => {
    const started = performance.now()
    let count = 0
    const worker = async () => {
      while (performance.now() - started < millis) {
        await once()
        count++
      }
    }
    await Promise.all(Array.from({ length: width }, worker))
    return (count * 1000) / (performance.now() - started)
  }
  await run(500)
  return run(seconds * 1000)
}

/** Microseconds of the processor for one request in process: what a busy machine does not change much. */
const cpu = new Map<string, number>()

const inProcess = Effect.gen(function* () {
  const client = yield* HttpClient.HttpClient
  const rates = new Map<string, number>()
  for (const [name, sent] of cases) {
    const origin = sent.path.startsWith("/v1") ? "https://gateway.wacht.dev" : "https://api.wacht.dev"
    const bare = HttpClientRequest.make(sent.method)(origin + sent.path)
    const request = (sent.body === undefined ? bare : HttpClientRequest.bodyText(bare, sent.body)).pipe(
      HttpClientRequest.setHeaders(headers(sent))
    )
    const once = Effect.flatMap(client.execute(request), (response) => response.text)
    const before = process.cpuUsage()
    let count = 0
    const counted = () => {
      count++
      return Effect.runPromise(once)
    }
    rates.set(name, yield* Effect.promise(() => rate(counted, 1)))
    const { system, user } = process.cpuUsage(before)
    cpu.set(name, (user + system) / count)
  }
  return rates
}).pipe(Effect.provide(Emulator.layer({ world })))

const agent = new Agent({ keepAlive: true })
const send = (url: string, sent: Sent) =>
  new Promise<void>((resolve, reject) => {
    const request = httpRequest(url + sent.path, { method: sent.method, headers: headers(sent), agent }, (response) => {
      response.resume()
      response.on("end", resolve)
    })
    request.on("error", reject)
    request.end(sent.body)
  })

/** What a process has used of the processor so far, in microseconds; 0 where the system does not tell. */
const usedBy = (pid: number | undefined): number => {
  const file = `/proc/${pid}/stat`
  if (!existsSync(file)) return 0
  const [, user, system] = /\) (?:\S+ ){11}(\d+) (\d+)/.exec(readFileSync(file, "utf8")) ?? []
  return (Number(user) + Number(system)) * 10_000
}

const overHttp = async (url: string, pid?: number) => {
  const rates = new Map<string, number>()
  const costs = new Map<string, number>()
  for (const [name, sent] of cases) {
    const before = usedBy(pid)
    let count = 0
    const counted = () => {
      count++
      return send(url, sent)
    }
    rates.set(name, await rate(counted, 8))
    costs.set(name, (usedBy(pid) - before) / count)
  }
  return { rates, costs }
}

const echo = createServer((request, response) => {
  request.resume()
  request.on("end", () => response.writeHead(200, { "content-type": "application/json" }).end("{}"))
})

const startServer = async (worldFile: string) => {
  const started = performance.now()
  const child = spawn(process.execPath, [command, "--port", "0", "--world", worldFile, "--seed", "bench"], {
    stdio: ["ignore", "pipe", "inherit"]
  })
  const url = await new Promise<string>((resolve) => {
    let said = ""
    child.stdout.on("data", (chunk) => {
      said += String(chunk)
      const found = /^WACHT_API_URL=(\S+)$/m.exec(said)
      if (found?.[1] !== undefined) resolve(found[1])
    })
  })
  return { url, pid: child.pid, millis: performance.now() - started, stop: () => child.kill("SIGTERM") }
}

const directory = mkdtempSync(join(tmpdir(), "emulator-bench-"))
const worldFile = join(directory, "world.json")
writeFileSync(worldFile, JSON.stringify(world))

const inside = await Effect.runPromise(inProcess)
await new Promise<void>((resolve) => echo.listen(0, "127.0.0.1", resolve))
const bare = await overHttp(`http://127.0.0.1:${(echo.address() as AddressInfo).port}`)
echo.close()
const starts: Array<number> = []
for (let run = 0; run < 5; run++) {
  const server = await startServer(worldFile)
  starts.push(server.millis)
  server.stop()
}
const server = await startServer(worldFile)
const served = await overHttp(server.url, server.pid)
server.stop()
agent.destroy()
rmSync(directory, { recursive: true })

const whole = (value: number | undefined) => Math.round(value ?? 0).toLocaleString("en")
console.log("requests per second     in process      (cpu)      server      (cpu)   node:http echo   server / echo")
for (const [name] of cases) {
  const share = ((served.rates.get(name) ?? 0) / (bare.rates.get(name) ?? 1)) * 100
  console.log(
    [
      name.padEnd(22),
      whole(inside.get(name)).padStart(12),
      `${whole(cpu.get(name))} us`.padStart(11),
      whole(served.rates.get(name)).padStart(12),
      `${whole(served.costs.get(name))} us`.padStart(11),
      whole(bare.rates.get(name)).padStart(17),
      `${share.toFixed(0)} %`.padStart(16)
    ].join("")
  )
}
const median = starts.sort((a, b) => a - b)[2]
console.log(`cold start of the command until it listens: ${whole(median)} ms (median of ${starts.length})`)
