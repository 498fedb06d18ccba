// The API reference: `npm run docs`. An export without words is an error.
import { entrySources } from "./scripts/lib/undocumented.mjs"

// The index only gathers the others under names; WachtError is reached through it alone.
const entries = entrySources(".").filter((file) => file !== "src/index.ts")

/** @type {Partial<import("typedoc").TypeDocOptions>} */
export default {
  name: "effect-wacht",
  entryPoints: [...entries, "src/errors/WachtError.ts"],
  tsconfig: "tsconfig.build.json",
  out: "docs/reference",
  readme: "none",
  disableSources: true,
  githubPages: false,
  sort: ["source-order"],
  blockTags: ["@since", "@category", "@example", "@param", "@returns"],
  requiredToBeDocumented: ["Namespace", "Class", "Function", "Interface", "TypeAlias", "Variable", "Enum"],
  validation: { notExported: false, invalidLink: true, notDocumented: true, rewrittenLink: true },
  treatWarningsAsErrors: true,
  treatValidationWarningsAsErrors: true
}
