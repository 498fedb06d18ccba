// Builds dist/ from src/: JavaScript, the declarations that users can reach, and maps from them to the shipped sources.
import { execFileSync } from "node:child_process"
import { markFolder } from "./pure.mjs"
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { dirname, isAbsolute, join, relative } from "node:path"
import { transform } from "esbuild"
import { rollup } from "rollup"
import { importsOf } from "./lib/imports.mjs"

rmSync("dist", { recursive: true, force: true })
execFileSync(process.execPath, ["node_modules/typescript/bin/tsc", "-p", "tsconfig.build.json"], { stdio: "inherit" })
markFolder("dist")

const emitted = readdirSync("dist", { recursive: true, encoding: "utf8" }).map((name) => join("dist", name))

// With a file per module an import took four times as long. What one entry point alone uses is one file with it, the rest is one file for all;
// a bundler leaves out what an app does not use. The index only names the entry points, so that it sees through it.
const { bin, exports } = JSON.parse(readFileSync("package.json", "utf8"))
const index = join(exports["."].default)
const named = importsOf(index, readFileSync(index, "utf8")).map((name) => join("dist", name))
const given = [...Object.values(exports).flatMap((entry) => entry?.default ?? []), ...Object.values(bin)]
const entryPoints = [...new Set([...named, ...given.map((file) => join(file))])].filter((file) => file !== index)

const users = new Map()
const use = (file, entryPoint) => {
  const known = users.get(file) ?? users.set(file, new Set()).get(file)
  if (known.has(entryPoint)) return
  known.add(entryPoint)
  for (const name of importsOf(file, readFileSync(file, "utf8"))) {
    if (name.startsWith(".")) use(join(dirname(file), name), entryPoint)
  }
}
for (const entryPoint of entryPoints) use(entryPoint, /testing/.test(entryPoint) ? "testing" : entryPoint)

const bundle = await rollup({
  input: Object.fromEntries(entryPoints.map((file) => [file.replace(/^dist\/|\.js$/g, ""), file])),
  external: (name) => !name.startsWith(".") && !isAbsolute(name) && !name.startsWith("dist/"),
  treeshake: false
})
const { output } = await bundle.generate({
  format: "es",
  entryFileNames: "[name].js",
  chunkFileNames: ({ moduleIds }) => {
    const isOf = (folder) => moduleIds.some((id) => id.includes(folder))
    return isOf("/testing/bin/") ? "testing/bin/[name].js" : isOf("/testing/") ? "testing/[name].js" : "[name].js"
  },
  manualChunks: (id) => {
    const by = users.get(relative(".", id)) ?? new Set()
    return by.size > 1 && [...by].some((name) => name !== "testing") ? "shared" : undefined
  },
  hoistTransitiveImports: false
})
for (const file of emitted.filter((name) => name.endsWith(".js") && name !== index)) rmSync(file)
const written = [
  ...output.map(({ code, fileName }) => [join("dist", fileName), code]),
  [index, readFileSync(index, "utf8")]
]
for (const [file, bundled] of written) {
  // What an import of a peer without a name leaves behind is only looked up again: the file for all has it, and no peer acts on import.
  const text = bundled.replace(/^import ["'](?:@?effect)\/[^"']+["'];\n/gm, "")
  // The comments stand in the declarations and in the sources; a third time they would only be weight.
  const { code } = await transform(text, { format: "esm", target: "es2022", legalComments: "none" })
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, code)
}

// A declaration that no entry point leads to can be imported by nobody: the exports map is closed.
const reachable = new Set()
const open = Object.values(exports).flatMap((entry) => (entry?.types ? [join(entry.types)] : []))
while (open.length > 0) {
  const file = open.pop()
  if (reachable.has(file)) continue
  reachable.add(file)
  for (const name of importsOf(file, readFileSync(file, "utf8"))) {
    if (name.startsWith(".")) open.push(join(dirname(file), name.replace(/\.js$/, ".d.ts")))
  }
}
for (const file of emitted.filter((name) => name.endsWith(".d.ts"))) {
  // The emulator's own sources are not shipped, so no map leads to them.
  const isMapped = reachable.has(file) && !file.startsWith(join("dist/testing/emulator/"))
  if (isMapped) continue
  rmSync(`${file}.map`)
  if (reachable.has(file)) writeFileSync(file, readFileSync(file, "utf8").replace(/\/\/# sourceMappingURL=.*\s*$/, ""))
  else rmSync(file)
}

const command = "dist/testing/bin/effect-wacht-emulator.js"
if (existsSync(command)) chmodSync(command, 0o755)
