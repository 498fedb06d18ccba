/** The command as a process, from its sources. */
import { afterAll, assert, describe, it } from "vitest"
import { spawn } from "node:child_process"
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync, mkdirSync } from "node:fs"
import { connect } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { setTimeout } from "node:timers/promises"
import { fileURLToPath } from "node:url"
import { buildSync } from "esbuild"
import * as Pem from "../../../src/testing/emulator/oauth/pem.js"
import * as RsaKeys from "../../../src/testing/emulator/oauth/rsaKeys.js"

const root = fileURLToPath(new URL("../../..", import.meta.url))
const directory = mkdtempSync(join(tmpdir(), "emulator-command-"))
afterAll(() => rmSync(directory, { recursive: true }))

// built once, so that each start is quick and the sources are what is tested
const build = (into: string) =>
  buildSync({
    entryPoints: [join(root, "src/testing/bin/effect-wacht-emulator.ts")],
    outdir: into,
    bundle: true,
    splitting: true,
    platform: "node",
    format: "esm",
    packages: "external",
    outExtension: { ".js": ".mjs" }
  })
build(join(directory, "built"))
symlinkSync(join(root, "node_modules"), join(directory, "node_modules"))
const command = join(directory, "built/effect-wacht-emulator.mjs")

const start = (...args: ReadonlyArray<string>) => {
  const child = spawn(process.execPath, [command, ...args], { stdio: ["ignore", "pipe", "pipe"], cwd: root })
  const said = { out: "", err: "" }
  child.stdout.on("data", (chunk) => (said.out += String(chunk)))
  child.stderr.on("data", (chunk) => (said.err += String(chunk)))
  const ended = new Promise<number | null>((resolve) => child.once("close", resolve))
  const listening = new Promise<{ readonly url: string; readonly gatewayUrl: string; readonly key: string }>(
    (resolve, reject) => {
      child.stdout.on("data", () => {
        const [, url] = /^WACHT_API_URL=(\S+)$/m.exec(said.out) ?? []
        const [, gatewayUrl] = /^WACHT_GATEWAY_URL=(\S+)$/m.exec(said.out) ?? []
        const [, key] = /^WACHT_API_KEY=(\S+)$/m.exec(said.out) ?? []
        if (url !== undefined && gatewayUrl !== undefined && key !== undefined) resolve({ url, gatewayUrl, key })
      })
      void ended.then(() => reject(new Error(said.err)))
    }
  )
  listening.catch(() => undefined)
  return { child, said, ended, listening }
}

const file = (name: string, content: unknown) => {
  const path = join(directory, name)
  writeFileSync(path, typeof content === "string" ? content : JSON.stringify(content))
  return path
}

const withServer = async <A>(
  args: ReadonlyArray<string>,
  use: (server: {
    readonly url: string
    readonly gatewayUrl: string
    readonly get: (path: string, init?: RequestInit) => Promise<Response>
  }) => Promise<A>
) => {
  const server = start("--port", "0", ...args)
  const { gatewayUrl, key, url } = await server.listening
  const get = (path: string, init: RequestInit = {}) =>
    fetch(url + path, { ...init, headers: { authorization: `Bearer ${key}`, ...init.headers } })
  try {
    return await use({ url, gatewayUrl, get })
  } finally {
    server.child.kill("SIGTERM")
    assert.strictEqual(await server.ended, 0, server.said.err)
  }
}
const json = (value: unknown): RequestInit => ({
  method: "POST",
  body: JSON.stringify(value),
  headers: { "content-type": "application/json" }
})
const app = { app_slug: "shop", name: "Shop", key_prefix: "sk" }

describe("the command", () => {
  it("serves both APIs on one port of the loopback address", () =>
    withServer([], async ({ get, url }) => {
      assert.match(url, /^http:\/\/127\.0\.0\.1:\d+$/)
      assert.strictEqual((await get("/api-auth/apps", json(app))).status, 200)
      const { secret } = (await (await get("/api-auth/apps/shop/keys", json({ name: "k" }))).json()) as {
        secret: string
      }
      const check = json({ principal: { type: "api_key", value: secret }, resource: "/v1", method: "GET" })
      const decision = (await (await fetch(`${url}/v1/authz/check`, check)).json()) as { readonly allowed: boolean }
      assert.isTrue(decision.allowed)
      const unknown = await fetch(`${url}/x`)
      assert.deepStrictEqual([unknown.status, await unknown.text()], [404, ""])
      for (const path of ["/x", "/v1/api-auth/apps"]) {
        const missing = { errors: [{ message: "Not found", code: 404 }] }
        assert.deepStrictEqual(await (await get(path)).json(), missing, "a key is minded by the platform alone")
      }
      assert.strictEqual((await get("/v1/authz/check", check)).status, 200, "the gateway minds no credential")
      for (const path of ["/api-auth/apps", "/oauth/apps"]) assert.strictEqual((await fetch(url + path)).status, 401)
      assert.include(await (await get("/api-auth/apps?limit=7")).text(), '"limit":7')
    }))

  it("listens on 127.0.0.1 and on no other address, unless told otherwise", () =>
    withServer(["--gateway-port", "0"], async ({ gatewayUrl, url }) => {
      for (const own of [url, gatewayUrl]) {
        await (await fetch(`${own}/x`)).text()
        const other = own.replace("//127.0.0.1:", "//127.0.0.2:")
        const failed = await fetch(other, { signal: AbortSignal.timeout(5000) }).catch((error: unknown) => error)
        assert.instanceOf(failed, Error, other)
      }
    }))

  it("gives the gateway a port of its own, and then knows of every request whose it is", () =>
    withServer(["--gateway-port", "0"], async ({ get, gatewayUrl, url }) => {
      assert.notStrictEqual(gatewayUrl, url)
      assert.strictEqual((await get("/api-auth/apps")).status, 200)
      assert.strictEqual((await fetch(`${url}/x`)).status, 401)
      assert.deepStrictEqual(await (await get("/v1/authz/check")).json(), {
        errors: [{ message: "Not found", code: 404 }]
      })
      const check = json({ principal: { type: "api_key", value: "k" }, resource: "/v1", method: "GET" })
      assert.strictEqual((await fetch(`${gatewayUrl}/v1/authz/check`, check)).status, 401)
      const platforms = await fetch(`${gatewayUrl}/api-auth/apps`, { headers: { authorization: "Bearer k" } })
      assert.deepStrictEqual([platforms.status, await platforms.text()], [404, ""])
    }))

  it("a 204 has the odd headers of the origin, and the connection stays usable", () =>
    withServer([], async ({ get, url }) => {
      const scheme = { slug: "s", name: "S", rules: [{ unit: "day", duration: 1, max_requests: 1 }] }
      await get("/api-auth/rate-limit-schemes", json(scheme))
      const { hostname, port } = new URL(url)
      const head = `Host: x\r\nAuthorization: Bearer sk_emulator_${"0".repeat(43)}\r\n`
      const text = await new Promise<string>((resolve, reject) => {
        let received = ""
        const socket = connect(Number(port), hostname, () =>
          socket.write(
            `DELETE /api-auth/rate-limit-schemes/s HTTP/1.1\r\n${head}\r\nGET /api-auth/apps HTTP/1.1\r\n${head}Connection: close\r\n\r\n`
          )
        )
        socket.on("data", (chunk) => (received += String(chunk)))
        socket.on("end", () => resolve(received))
        socket.on("error", reject)
      })
      const [first = "", second = ""] = text.split(/(?=HTTP\/1\.1 200)/)
      assert.match(first, /^HTTP\/1\.1 204 /)
      assert.match(first, /content-type: application\/json\r\n/i)
      assert.match(first, /content-length: 2\r\n/i)
      assert.isTrue(first.endsWith("\r\n\r\n"), "no body")
      assert.match(second, /"data":\[\]/)
    }))

  it("takes bodies as large as the limit and refuses larger ones", () =>
    withServer([], async ({ get }) => {
      const post = (length: number) =>
        get("/api-auth/apps", {
          method: "POST",
          body: " ".repeat(length),
          headers: { "content-type": "application/json" }
        })
      assert.strictEqual((await post(2_097_152)).status, 400)
      assert.strictEqual((await post(2_097_153)).status, 413)
      assert.strictEqual((await post(50_000_000)).status, 413)
      const pieces = { ...json(app), body: new Blob([JSON.stringify(app)]).stream(), duplex: "half" } as const
      assert.strictEqual((await get("/api-auth/apps", pieces)).status, 200, "of a length that is not announced")
      assert.strictEqual((await get("/api-auth/apps")).status, 200)
    }))

  it("answers in the API's words to slugs and credentials of any length", () =>
    withServer([], async ({ get, url }) => {
      const long = "a".repeat(100_000)
      assert.strictEqual((await get("/api-auth/apps", json({ ...app, app_slug: long }))).status, 200)
      assert.strictEqual((await get(`/api-auth/apps/${long}`)).status, 200)
      const refused = await fetch(`${url}/api-auth/apps`, { headers: { authorization: `Bearer ${long}` } })
      assert.deepStrictEqual(await refused.json(), { errors: [{ message: "Authentication failed", code: 401 }] })
    }))

  it("starts its clock where it is told, or where its world was recorded", async () => {
    const created = async (args: ReadonlyArray<string>) =>
      withServer(args, async ({ get }) => {
        const made = (await (await get("/api-auth/apps", json(app))).json()) as { readonly created_at: string }
        return made.created_at.slice(0, 13)
      })
    const world = {
      recorded_from: "2031-02-03T04:00:00Z",
      deployments: [{ id: "1" }],
      actors: { one: { credential: "sk_one", key_id: "2", deployment_id: "1" } }
    }
    assert.strictEqual(await created(["--world", file("recorded.json", world)]), "2031-02-03T04")
    assert.strictEqual(await created(["--now", "2029-05-06T07:00:00+00:00"]), "2029-05-06T07")
  })

  it("lets its clock begin with the first request, however long that one takes to come", () =>
    withServer(["--now", "2029-05-06T07:00:00Z"], async ({ get }) => {
      const created = async (slug: string) => {
        const answer = await get("/api-auth/apps", json({ ...app, app_slug: slug }))
        const { created_at } = (await answer.json()) as { readonly created_at: string }
        return Date.parse(created_at) - Date.parse("2029-05-06T07:00:00Z")
      }
      const waited = 1500
      await setTimeout(waited)
      assert.isBelow(await created("first"), waited)
      await setTimeout(waited)
      assert.isAtLeast(await created("second"), waited)
    }))

  it("lets its clock begin with the first request to either port, and only once", () =>
    withServer(["--now", "2029-05-06T07:00:00Z", "--gateway-port", "0"], async ({ gatewayUrl, get }) => {
      await (await fetch(gatewayUrl)).text()
      await setTimeout(500)
      const answer = await get("/api-auth/apps", json(app))
      const { created_at } = (await answer.json()) as { readonly created_at: string }
      assert.isAtLeast(Date.parse(created_at), Date.parse("2029-05-06T07:00:00.500Z"))
    }))

  it("lets a delay last as long as it says, wherever its clock started", () =>
    withServer(
      ["--now", "2029-05-06T07:00:00Z", "--faults", file("delay.json", [{ fault: "delay", millis: 500 }])],
      async ({ get }) => {
        const asked = performance.now()
        await (await get("/api-auth/apps")).text()
        assert.isAtLeast(performance.now() - asked, 490)
      }
    ))

  it("makes signing keys that nobody else has, but with a seed those of the fixed set", async () => {
    const published = new Set(
      Array.from({ length: RsaKeys.size }, (_, number) => Pem.fromModulus(RsaKeys.modulus(number)))
    )
    const isPublished = (args: ReadonlyArray<string>) =>
      withServer(args, async ({ get }) => {
        const answer = await get("/oauth/apps/acme-oauth/signing-keys/rotate", { method: "POST" })
        const made = (await answer.json()) as { readonly new: { readonly public_key_pem: string } }
        return published.has(made.new.public_key_pem)
      })
    assert.isTrue(await isPublished(["--seed", "x"]))
    assert.isFalse(await isPublished([]))
  })

  it("repeats itself with a seed, whenever it runs", async () => {
    const run = (now: string) =>
      withServer(["--seed", "x", "--now", now], async ({ get }) => {
        await get("/api-auth/apps", json(app))
        const key = (await (await get("/api-auth/apps/shop/keys", json({ name: "k" }))).json()) as {
          readonly id: string
          readonly secret: string
        }
        return `${key.id} ${key.secret}`
      })
    assert.strictEqual(await run("2030-01-01T00:00:00Z"), await run("real"))
  })

  it("reads the audit rows beside its world, blank lines left out, and fails in the words of its faults file", () => {
    const row = { request_id: "req_1", deployment_id: "1", app_slug: "shop", key_id: "1", key_name: "k" }
    const more = { outcome: "VALID", client_ip: "", path: "GET /", timestamp: new Date().toISOString() }
    file("beside.jsonl", `\n${JSON.stringify({ ...row, ...more })}\n`)
    const world = {
      deployments: [{ id: "1" }],
      actors: { owner: { credential: "sk_owner", key_id: "1", deployment_id: "1" } },
      api_auth_apps: [{ ...app, deployment_id: "1" }],
      audit: { rows_file: "beside.jsonl" }
    }
    const fault = { fault: "status", status: 418, message: "tea", headers: { "x-pot": "1" }, path: "/oauth/apps" }
    const args = ["--world", file("beside.json", world), "--faults", file("words.json", [fault])]
    return withServer(args, async ({ get }) => {
      assert.include(await (await get("/api-auth/apps/shop/audit/logs")).text(), '"request_id":"req_1"')
      const failed = await get("/oauth/apps")
      assert.deepStrictEqual([failed.status, failed.headers.get("x-pot")], [418, "1"])
      assert.include(await failed.text(), '"message":"tea"')
    })
  })

  it("does as its options say: whose credential, how limits count, where the audit fails and what it keeps", () => {
    const secret = `sk_${"k".repeat(43)}`
    const row = { deployment_id: "2", app_slug: "shop", key_id: "1", key_name: "k", outcome: "VALID", client_ip: "" }
    const rows = [1, 2, 3].map((n) => ({
      ...row,
      path: "GET /",
      request_id: `req_${n}`,
      timestamp: "2029-12-31T10:00:00Z"
    }))
    file("kept.jsonl", rows.map((each) => JSON.stringify(each)).join("\n"))
    const world = {
      deployments: [{ id: "1" }, { id: "2" }],
      actors: {
        one: { credential: "sk_one", key_id: "1", deployment_id: "1" },
        two: { credential: "sk_two", key_id: "2", deployment_id: "2" }
      },
      rate_limit_schemes: [
        { id: "3", deployment_id: "2", slug: "s", name: "S", rules: [{ unit: "hour", duration: 1, max_requests: 1 }] }
      ],
      api_auth_apps: [{ ...app, deployment_id: "2", rate_limit_scheme_slug: "s" }],
      api_keys: [{ id: "4", deployment_id: "2", app_slug: "shop", name: "k", key_prefix: "sk", secret }],
      audit: { rows_file: "kept.jsonl" }
    }
    const modes = ["--actor", "two", "--windows", "observed", "--audit", "plainClickHouse", "--audit-cap", "1"]
    const args = ["--world", file("modes.json", world), "--now", "2030-01-01T10:00:59Z", ...modes]
    return withServer(args, async ({ get, gatewayUrl }) => {
      const check = async () => {
        const asked = json({ principal: { type: "api_key", value: secret }, resource: "/", method: "GET" })
        return ((await (await fetch(`${gatewayUrl}/v1/authz/check`, asked)).json()) as { readonly allowed: boolean })
          .allowed
      }
      assert.isTrue(await check())
      // In another minute of the clock: however slow the machine, long before the rule's hour is over, which no test outlasts.
      while (!(await check())) await setTimeout(100)
      const logs = (await (await get("/api-auth/apps/shop/audit/logs")).json()) as {
        readonly data: ReadonlyArray<unknown>
      }
      assert.lengthOf(logs.data, 1)
      assert.strictEqual((await get("/api-auth/apps/shop/audit/timeseries")).status, 500)
    })
  })

  it("reads the integers of a world's metadata to the last digit, and leaves its other numbers and its texts alone", () => {
    const metadata =
      '{"a":9007199254740993,"b":[-9223372036854775808, 18446744073709551615],"c":0.12345678901234568,"d":"x, 12345678901234567","e":1e30,"f":7}'
    const world = JSON.stringify({
      deployments: [{ id: "1" }],
      actors: { owner: { credential: "sk_owner", key_id: "1", deployment_id: "1" } },
      api_auth_apps: [{ ...app, deployment_id: "1" }],
      api_keys: [
        { id: "2", deployment_id: "1", app_slug: "shop", name: "k", key_prefix: "sk", secret: "sk_k", metadata: null }
      ]
    }).replace('"metadata":null', `"metadata":${metadata}`)
    return withServer(["--world", file("digits.json", world)], async ({ get }) => {
      const keys = await (await get("/api-auth/apps/shop/keys")).text()
      assert.include(keys, `"metadata":${metadata.replace(", 18", ",18").replace("1e30", "1e+30")},`)
    })
  })

  it("lets go wrong what a faults file says", () =>
    withServer(
      [
        "--faults",
        file("faults.json", [
          { fault: "loseAfter", operation: "createApiAuthApp" },
          { fault: "html", path: "/oauth/apps", times: "every" },
          { fault: "cutBody", method: "GET", path: "/api-auth/rate-limit-schemes" }
        ])
      ],
      async ({ get }) => {
        const lost = await get("/api-auth/apps", json(app)).catch((error: unknown) => error)
        assert.instanceOf(lost, Error)
        assert.strictEqual((await get("/api-auth/apps/shop")).status, 200)
        for (const _ of [1, 2]) {
          const page = await get("/oauth/apps")
          assert.deepStrictEqual([page.status, page.headers.get("content-type")], [502, "text/html"])
        }
        const cut = await get("/api-auth/rate-limit-schemes")
        assert.instanceOf(await cut.text().catch((error: unknown) => error), Error)
      }
    ))

  for (const signal of ["SIGINT", "SIGTERM"] as const)
    it(`ends at once on ${signal}, with connections open and an answer stalled`, async () => {
      const server = start("--port", "0", "--faults", file("stall.json", [{ fault: "stallBody" }]))
      const { key, url } = await server.listening
      const init = { headers: { authorization: `Bearer ${key}` } }
      const stalled = await fetch(`${url}/api-auth/apps`, init)
      const rest = stalled.text().catch(() => "gone")
      await (await fetch(`${url}/oauth/apps`, init)).text()
      const asked = performance.now()
      server.child.kill(signal)
      assert.strictEqual(await server.ended, 0)
      assert.isBelow(performance.now() - asked, 5000)
      assert.strictEqual(await rest, "gone")
      assert.strictEqual(server.said.err, "")
    })

  file("broken.jsonl", "{}\n \r\n[]\n")
  const bad: ReadonlyArray<readonly [what: string, args: ReadonlyArray<string>, message: string]> = [
    ["an unknown option", ["--prot", "1"], "--prot: no such option; --help lists them"],
    ["an option without its value", ["--port"], "--port: a value is expected"],
    ["a port that is none", ["--port=99999"], "--port: a whole number up to 65535 is expected, not 99999"],
    ["a time without offset", ["--now", "2030-01-01"], "--now: an RFC 3339 time"],
    ["a mode", ["--windows", "x"], "--windows: meant or observed is expected, not x"],
    ["a file that is not there", ["--world", "nowhere.json"], "--world: nowhere.json cannot be read"],
    ["a world that is no JSON", ["--world", file("broken.json", "{")], "is not JSON"],
    ["a world with a number for a name", ["--world", file("name.json", "{ 12345678901234567: 1 }")], "is not JSON"],
    ["a world", ["--world", file("bad.json", { deployments: [{ id: 5 }], actors: {} })], "world: deployments.0.id"],
    [
      "rows beside a world",
      ["--world", file("rows.json", { deployments: [], actors: {}, audit: { rows_file: "none" } })],
      "audit.rows_file"
    ],
    ["a world that is a list", ["--world", file("list.json", [])], "list.json is not a JSON object"],
    [
      "a row beside a world by its line in the file, blank ones counted",
      ["--world", file("rowed.json", { deployments: [], actors: {}, audit: { rows_file: "broken.jsonl" } })],
      "broken.jsonl: line 3 is not a JSON object"
    ],
    [
      "faults that are no list",
      ["--faults", file("no-faults.json", { fault: "loseAfter" })],
      "faults: Expected ReadonlyArray<fault>, actual"
    ],
    ["a fault", ["--faults", file("bad-faults.json", [{ fault: "explode" }])], `faults: 0.fault Expected "status"`],
    [
      "a fault, naming the plain ones too",
      ["--faults", file("bad-faults.json", [{ fault: "explode" }])],
      `"loseAfter"`
    ],
    [
      "an operation of a fault",
      ["--faults", file("bad-operation.json", [{ fault: "loseAfter", operation: "rotateKey" }])],
      `faults: 0.operation Expected the name of an operation, actual "rotateKey"`
    ],
    [
      "a misspelt member of a fault",
      ["--faults", file("bad-member.json", [{ fault: "loseAfter", operaton: "rotateApiKey" }])],
      "faults: 0.operaton is unexpected"
    ],
    ["an actor", ["--actor", "nobody"], "actor: the world has no nobody"]
  ]
  for (const [what, args, message] of bad)
    it(`refuses ${what} in one line that names it`, async () => {
      // a free port, since some of these are only found once it listens
      const { ended, said } = start("--port", "0", ...args)
      assert.strictEqual(await ended, 1)
      assert.include(said.err, message)
      assert.lengthOf(said.err.trimEnd().split("\n"), 1, said.err)
    })

  it("says in one line that the port is taken", () =>
    withServer([], async ({ url }) => {
      const { ended, said } = start("--port", new URL(url).port)
      assert.strictEqual(await ended, 1)
      assert.match(said.err, /^effect-wacht-emulator: --port, --host: .*EADDRINUSE.*\n$/)
    }))

  it("explains its options", async () => {
    const { ended, said } = start("--help")
    assert.strictEqual(await ended, 0)
    for (const option of ["--port", "--world", "--now", "--faults"]) assert.include(said.out, option)
  })

  it("says in one line that @effect/platform-node is missing", async () => {
    const place = mkdtempSync(join(tmpdir(), "emulator-without-"))
    mkdirSync(join(place, "node_modules/@effect"), { recursive: true })
    build(join(place, "built"))
    symlinkSync(join(root, "node_modules/effect"), join(place, "node_modules/effect"))
    symlinkSync(join(root, "node_modules/@effect/platform"), join(place, "node_modules/@effect/platform"))
    const run = async (...args: ReadonlyArray<string>) => {
      const child = spawn(process.execPath, [join(place, "built/effect-wacht-emulator.mjs"), ...args], { cwd: place })
      let said = ""
      for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk) => (said += String(chunk)))
      const code = await new Promise((resolve) => child.once("close", resolve))
      return { code, said }
    }
    const { code, said } = await run()
    assert.deepStrictEqual([code, said.trimEnd().split("\n").length], [1, 1], said)
    const { peerDependencies, version: own } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"))
    const [, version] = /^\^(0\.\d+)\.0$/.exec(peerDependencies["@effect/platform-node"]) ?? []
    assert.include(said, `npm install @effect/platform-node@${version}`)
    // What helps a person on needs nothing of it.
    assert.deepStrictEqual(await run("--version"), { code: 0, said: `${own}\n` })
    assert.include((await run("--help")).said, "--port N")
    assert.deepStrictEqual(await run("--pork"), {
      code: 1,
      said: "effect-wacht-emulator: --pork: no such option; --help lists them\n"
    })
    // Where it is there and breaks, that is told.
    const broken = join(place, "node_modules/@effect/platform-node")
    mkdirSync(broken)
    writeFileSync(join(broken, "package.json"), JSON.stringify({ type: "module", exports: { "./*": "./broken.js" } }))
    writeFileSync(join(broken, "broken.js"), 'throw new Error("it broke")')
    const other = await run()
    assert.strictEqual(other.code, 1)
    assert.include(other.said, "it broke")
    rmSync(place, { recursive: true })
  })
})
