// Parts of the built package that it does not export.
import type * as Decoder from "../src/schemas/internal/decoder.js"
import type * as Lists from "../src/schemas/internal/lists.js"
import type * as Page from "../src/schemas/Page.js"

const load = async (path: string): Promise<unknown> => import(new URL(`../dist/${path}`, import.meta.url).href)

export const { compileDecoder } = (await load("schemas/internal/decoder.js")) as typeof Decoder
export const { ApiKeyList } = (await load("schemas/internal/lists.js")) as typeof Lists
export const { ApiAuditLogPage } = (await load("schemas/Page.js")) as typeof Page
