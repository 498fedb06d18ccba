import { afterAll, assert, beforeAll, describe, it } from "@effect/vitest"
import { build } from "esbuild"
import { spawn } from "node:child_process"
import { existsSync, readFileSync, statSync, writeFileSync } from "node:fs"
import { builtinModules } from "node:module"
import { dirname, join } from "node:path"
import { importsOf } from "../../scripts/lib/imports.mjs"
import { entryPoints, execute, pack, type Packed } from "./packed.js"

let packed: Packed
beforeAll(async () => {
  packed = await pack()
}, 180_000)
afterAll(() => packed?.remove())

const read = (file: string): string => readFileSync(join(packed.home, file), "utf8")

/** Runs a module in the project of the user. */
const run = async (name: string, source: string, ...flags: ReadonlyArray<string>): Promise<string> => {
  const file = join(packed.project, name)
  writeFileSync(file, source)
  return (await execute(process.execPath, [...flags, file])).stdout
}

/** Which files a module loads, with all that they load. */
const loaded = async (specifier: string): Promise<ReadonlyArray<string>> => {
  const seen = join(packed.project, "seen.txt")
  const hooks = `import { appendFileSync } from "node:fs"
export const load = (url, context, next) => {
  appendFileSync(${JSON.stringify(seen)}, url + "\\n")
  return next(url, context)
}`
  writeFileSync(seen, "")
  writeFileSync(join(packed.project, "hooks.mjs"), hooks)
  writeFileSync(
    join(packed.project, "register.mjs"),
    `import { register } from "node:module"\nregister("./hooks.mjs", import.meta.url)`
  )
  await run("load.mjs", `await import(${JSON.stringify(specifier)})`, "--import", join(packed.project, "register.mjs"))
  return readFileSync(seen, "utf8").trim().split("\n")
}

describe("the files of the package", () => {
  it("weigh less than 400 KiB", () => {
    assert.isBelow(packed.tarballBytes, 400 * 1024)
    // What `npm run docs` writes is 18 MB.
    assert.include(packed.manifest.files, "!docs/reference")
  })

  it("are those that the manifest names, and nothing of the workshop", () => {
    assert.sameMembers(
      [...new Set(packed.files.map((file) => file.split("/")[0]))],
      ["dist", "src", "docs", "package.json", "README.md", "LICENSE", "CHANGELOG.md", "SECURITY.md", "llms.txt"]
    )
    for (const needed of [
      "package.json",
      "README.md",
      "LICENSE",
      "CHANGELOG.md",
      "llms.txt",
      "dist/index.js",
      "dist/index.d.ts",
      "src/index.ts"
    ]) {
      assert.include(packed.files, needed)
    }
    for (const file of packed.files) assert.notMatch(file, /\.(test\.ts|tsbuildinfo|tgz)$/)
  })

  it("are all that the README, the documents and llms.txt point to, but for examples and results", () => {
    const documents = packed.files.filter((file) => /^[^/]*\.(?:md|txt)$|^docs\/.*\.md$/.test(file))
    const targets = documents.flatMap((file) =>
      [...read(file).matchAll(/\]\((?!https?:|#)([^)#]+)/g)].map(([, to = ""]) => join(dirname(file), to))
    )
    assert.isAbove(targets.length, 15)
    for (const target of targets) {
      if (!/^(?:examples|bench)\b/.test(target)) assert.include(packed.files, target)
    }
    for (const [target] of read("llms.txt").matchAll(/docs\/[\w-]+\.md|SECURITY\.md/g))
      assert.include(packed.files, target)
  })

  it("map every declaration but the emulator's to a source that is shipped", () => {
    const declarations = packed.files.filter((file) => file.endsWith(".d.ts"))
    const unmapped = declarations.filter((file) => file.startsWith("dist/testing/emulator/"))
    const mapped = declarations.filter((file) => !unmapped.includes(file))
    assert.isAbove(unmapped.length, 10)
    assert.isAbove(mapped.length, 20)
    for (const file of unmapped) {
      assert.notInclude(packed.files, `${file}.map`)
      assert.notInclude(read(file), "sourceMappingURL")
    }
    for (const file of mapped) {
      const map = JSON.parse(read(`${file}.map`))
      assert.lengthOf(map.sources, 1)
      const source = join(packed.home, dirname(file), map.sourceRoot, map.sources[0])
      assert.isTrue(existsSync(source), `${file} points to ${source}`)
      assert.match(read(file), /\/\/# sourceMappingURL=/)
    }
  })

  it("import only what is there", () => {
    const isPeer = /^(effect|@effect\/platform)\/[A-Z]\w+$/
    const isOfTheCommand = /^(@effect\/platform-node\/[A-Z]\w+|undici|node:.+)$/
    for (const file of packed.files.filter((name) => /^dist\/.*\.(js|d\.ts)$/.test(name))) {
      for (const name of importsOf(file, read(file))) {
        const place = `${file} imports ${name}`
        if (name.startsWith(".")) {
          const target = join(dirname(file), file.endsWith(".js") ? name : name.replace(/\.js$/, ".d.ts"))
          assert.include(packed.files, target, place)
        } else if (file.startsWith("dist/testing/bin/")) {
          assert.isTrue(isPeer.test(name) || isOfTheCommand.test(name), place)
        } else if (file.startsWith("dist/clients/")) {
          assert.isTrue(isPeer.test(name) || name === "undici", place)
        } else {
          // so neither a barrel nor a Node built-in
          assert.match(name, isPeer, place)
        }
        assert.isFalse(builtinModules.includes(name), place)
      }
    }
  })

  it("need nothing to be installed but the peers", () => {
    assert.notProperty(packed.manifest, "dependencies")
    assert.notProperty(packed.manifest, "optionalDependencies")
    assert.strictEqual(packed.manifest["sideEffects"], false)
    assert.strictEqual(packed.manifest["type"], "module")
    assert.deepStrictEqual(packed.manifest["engines"], { node: ">=20.19" })
    // Provenance names the repository, and a registry refuses a package that does not name the same one.
    const hasRepository = "repository" in packed.manifest
    assert.deepStrictEqual(packed.manifest["publishConfig"], {
      access: "public",
      ...(hasRepository ? { provenance: true } : {})
    })
    for (const script of ["preinstall", "install", "postinstall", "prepare"]) {
      assert.notProperty(packed.manifest["scripts"], script)
    }
  })

  it("leave out of a bundle what an app does not use: errors alone take nothing of Schema", async () => {
    const { metafile } = await build({
      stdin: { contents: `export { NotFoundError } from "effect-wacht/errors"`, resolveDir: packed.project },
      bundle: true,
      minify: true,
      format: "esm",
      platform: "neutral",
      mainFields: ["module", "main"],
      write: false,
      metafile: true,
      tsconfigRaw: "{}"
    })
    const taken = Object.values(metafile.outputs).flatMap(({ inputs }) =>
      Object.entries(inputs).flatMap(([name, { bytesInOutput }]) => (bytesInOutput > 0 ? [name] : []))
    )
    assert.include(taken.join(), "effect/dist/esm/Data.js")
    assert.notMatch(taken.join(), /\/(?:Schema|SchemaAST|ParseResult)\.js/)
  })

  it("import no peer without taking something from it: each such line is looked up for nothing", () => {
    for (const file of packed.files.filter((name) => name.endsWith(".js"))) {
      assert.notMatch(read(file), /^import\s*["'](?:effect|@effect|undici)\b/m, file)
    }
  })

  it("carry the version that the client announces", () => {
    assert.include(read("dist/shared.js"), JSON.stringify(packed.manifest.version))
  })
})

describe("the unpacked package", () => {
  it("gives every entry point, by import and by require", async () => {
    const names = entryPoints(packed.manifest)
    const source = `import { createRequire } from "node:module"
const require = createRequire(import.meta.url)
const empty = []
for (const name of ${JSON.stringify(names)}) {
  const module = await import(name)
  if (Object.keys(module).length === 0 || require(name) !== module) empty.push(name)
}
console.log(JSON.stringify(empty))`
    assert.deepStrictEqual(JSON.parse(await run("entries.mjs", source)), [])
  })

  it("keeps all else closed", async () => {
    const closed = [
      "effect-wacht/internal/execute",
      "effect-wacht/services/internal/execute",
      "effect-wacht/services/ApiKeys",
      "effect-wacht/dist/index.js",
      "effect-wacht/dist/shared.js",
      "effect-wacht/shared",
      "effect-wacht/src/index.ts",
      "effect-wacht/testing/Emulator",
      "effect-wacht/testing/emulator/World",
      "effect-wacht/schemas/ApiKey",
      "effect-wacht/errors/internal/failure",
      "effect-wacht/ApiKeys.js",
      "effect-wacht/internal"
    ]
    const source = `const results = await Promise.all(${JSON.stringify(closed)}.map((name) =>
  import(name).then(() => name + " is open", (error) => error.code)
))
console.log(JSON.stringify(results))`
    const codes = JSON.parse(await run("closed.mjs", source))
    assert.deepStrictEqual(
      codes,
      closed.map(() => "ERR_PACKAGE_PATH_NOT_EXPORTED")
    )
  })

  it("runs an operation over the emulator", async () => {
    const source = `import { ApiKeys } from "effect-wacht"
import { Emulator } from "effect-wacht/testing"
import * as Effect from "effect/Effect"
const program = Effect.gen(function* () {
  const keys = yield* ApiKeys.ApiKeys
  yield* keys.createApiAuthApp({ appSlug: "reports", name: "Reports", keyPrefix: "acme" })
  const key = yield* keys.createApiKey("reports", { name: "nightly" })
  const lost = yield* Effect.flip(keys.getApiAuthApp("nothing"))
  return [key.name, String(key.secret), lost._tag]
})
console.log(JSON.stringify(await Effect.runPromise(Effect.provide(program, Emulator.layerWacht()))))`
    assert.deepStrictEqual(JSON.parse(await run("operation.mjs", source)), ["nightly", "<redacted>", "NotFoundError"])
  })

  it("loads neither testing nor a barrel with its index, and only itself and its own with an entry point", async () => {
    const ours = (urls: ReadonlyArray<string>) => urls.filter((url) => url.includes("/node_modules/effect-wacht/"))
    const index = await loaded("effect-wacht")
    // Each module costs an import: one for the index, one for each entry point, one for what they share.
    assert.isAtMost(ours(index).length, 11)
    assert.deepStrictEqual(
      index.filter((url) => /effect-wacht\/dist\/(testing|clients)\//.test(url)),
      []
    )
    assert.deepStrictEqual(
      index.filter((url) => /node_modules\/(effect|@effect\/platform)\/dist\/esm\/index\.js$/.test(url)),
      []
    )
    assert.deepStrictEqual(
      index.filter((url) => /@effect\/platform-node|\/undici\//.test(url)),
      []
    )
    const alone = async (name: string, file: string) => {
      const urls = ours(await loaded(name)).map((url) => url.replace(/^.*\/effect-wacht\/dist\//, ""))
      assert.sameMembers(urls, [file, "shared.js"])
    }
    await alone("effect-wacht/errors", "errors/index.js")
    await alone("effect-wacht/Gateway", "services/Gateway.js")
    await alone("effect-wacht/ApiKeys", "services/ApiKeys.js")
  })
})

describe("the command", () => {
  const command = () => join(packed.home, packed.manifest.bin["effect-wacht-emulator"] ?? "")

  it("can be executed and explains itself", async () => {
    assert.isTrue((statSync(command()).mode & 0o111) !== 0)
    assert.include((await execute(command(), ["--help"])).stdout, "--port N")
  })

  it("serves on a free port and ends cleanly on SIGTERM", async () => {
    const server = spawn(process.execPath, [command(), "--port", "0"], { stdio: ["ignore", "pipe", "inherit"] })
    const ended = new Promise((resolve) => server.once("exit", (code, signal) => resolve({ code, signal })))
    const settings = await new Promise<Record<string, string>>((resolve, reject) => {
      let said = ""
      server.stdout.on("data", (chunk: Buffer) => {
        said += chunk.toString()
        const found = Object.fromEntries(
          [...said.matchAll(/^(WACHT_\w+)=(\S+)$/gm)].map(([, name, value]) => [name, value])
        )
        if ("WACHT_API_KEY" in found && "WACHT_API_URL" in found) resolve(found)
      })
      void ended.then(() => reject(new Error("the server ended before it listened")))
    })
    const answer = await fetch(`${settings["WACHT_API_URL"]}/api-auth/apps`, {
      headers: { authorization: `Bearer ${settings["WACHT_API_KEY"]}` }
    })
    assert.strictEqual(answer.status, 200)
    await answer.text()
    server.kill("SIGTERM")
    assert.deepStrictEqual(await ended, { code: 0, signal: null })
  })
})
