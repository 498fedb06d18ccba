/** The package as a user gets it: packed, unpacked into an empty project, its peers links to this checkout's. */
import { execFile } from "node:child_process"
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync } from "node:fs"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import { fileURLToPath } from "node:url"
import { promisify } from "node:util"

export const root = fileURLToPath(new URL("../..", import.meta.url))

/** Never the synchronous kind: a worker that stands still for a minute is given up by the test runner. */
export const execute = promisify(execFile)

interface Manifest {
  readonly version: string
  readonly files: ReadonlyArray<string>
  readonly bin: Readonly<Record<string, string>>
  readonly exports: Readonly<Record<string, string | null | { readonly types: string; readonly default: string }>>
  readonly peerDependencies: Readonly<Record<string, string>>
  readonly [field: string]: unknown
}

export interface Packed {
  /** The project that uses the package. */
  readonly project: string
  /** The unpacked package in it. */
  readonly home: string
  readonly manifest: Manifest
  /** Every file of the package, relative to `home`. */
  readonly files: ReadonlyArray<string>
  readonly tarballBytes: number
  readonly remove: () => void
}

const filesUnder = (folder: string): ReadonlyArray<string> =>
  readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) => statSync(join(folder, name)).isFile())

const newest = (folder: string): number =>
  Math.max(...filesUnder(folder).map((name) => statSync(join(folder, name)).mtimeMs))

/** `npm test` has built already; a test that runs alone must not judge an old build. */
const build = async (): Promise<void> => {
  const built = join(root, "dist/index.js")
  if (existsSync(built) && statSync(built).mtimeMs > newest(join(root, "src"))) return
  await execute(process.execPath, ["scripts/build.mjs"], { cwd: root })
}

const readManifest = (folder: string): Manifest => JSON.parse(readFileSync(join(folder, "package.json"), "utf8"))

export const pack = async (): Promise<Packed> => {
  await build()
  const project = mkdtempSync(join(tmpdir(), "packed-"))
  const npm = ["pack", "--offline", "--ignore-scripts", "--silent", "--pack-destination", project]
  const { stdout } = await execute("npm", npm, { cwd: root })
  const tarball = join(project, stdout.trim())
  const home = join(project, "node_modules/effect-wacht")
  mkdirSync(home, { recursive: true })
  await execute("tar", ["-xzf", tarball, "-C", home, "--strip-components=1"])
  const manifest = readManifest(home)
  for (const peer of Object.keys(manifest.peerDependencies)) {
    const link = join(project, "node_modules", peer)
    mkdirSync(dirname(link), { recursive: true })
    symlinkSync(join(root, "node_modules", peer), link, "dir")
  }
  return {
    project,
    home,
    manifest,
    files: filesUnder(home),
    tarballBytes: statSync(tarball).size,
    remove: () => rmSync(project, { recursive: true, force: true })
  }
}

/** The names under which something can be imported: `effect-wacht`, `effect-wacht/ApiKeys`, … */
export const entryPoints = (manifest: Manifest): ReadonlyArray<string> =>
  Object.entries(manifest.exports).flatMap(([path, target]) =>
    target === null || typeof target === "string" ? [] : [`effect-wacht${path.slice(1)}`]
  )
