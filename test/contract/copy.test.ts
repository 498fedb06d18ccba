import { assert, it } from "@effect/vitest"
import { existsSync, readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { fileURLToPath } from "node:url"

const copy = fileURLToPath(new URL(".", import.meta.url))
/** Where the contract is kept; beside a clone of somebody else's there is none. */
const original = fileURLToPath(new URL("../../../shared/contract", import.meta.url))

const filesIn = (folder: string, under = ""): ReadonlyArray<string> =>
  readdirSync(join(folder, under), { withFileTypes: true }).flatMap((entry) =>
    entry.isDirectory() ? filesIn(folder, join(under, entry.name)) : [join(under, entry.name)]
  )

/** What the copy has besides: these are words for people, and code of this package. */
const isOwn = (name: string) => name.endsWith(".test.ts") || name.endsWith(".d.mts")
const isNeeded = (name: string) => !name.endsWith(".md")

it.skipIf(!existsSync(original))("the recordings are those of the contract (skipped where there is no original)", () => {
  const files = filesIn(copy).filter((name) => !isOwn(name))
  assert.deepStrictEqual([...files].sort(), filesIn(original).filter(isNeeded).sort())
  const changed = files.filter((name) => !readFileSync(join(copy, name)).equals(readFileSync(join(original, name))))
  assert.deepStrictEqual(changed, [])
})
