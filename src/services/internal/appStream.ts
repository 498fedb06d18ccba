/**
 * All apps, newest first, page by page.
 */
import * as Effect from "effect/Effect"
import type * as Stream from "effect/Stream"
import type { ValidationError } from "../../errors/ApiError.js"
import type { PaginationError } from "../../errors/ClientError.js"
import type { CallError } from "../../errors/WachtError.js"
import type { ApiAuthApp, ListApiAuthAppsQuery } from "../../schemas/ApiAuthApp.js"
import type { ApiAuthAppPage } from "../../schemas/Page.js"
import type { Timestamp } from "../../schemas/Timestamp.js"
import { isBefore } from "./isBefore.js"
import { checkMembers } from "./members.js"
import { nextRows } from "./offsetPages.js"
import { paged, type ReadRows } from "./paged.js"
import { refuse } from "./refuse.js"

/**
 * Which apps `streamApiAuthApps` gives. `limit` is the size of a page, 100 when left out; 0 is refused, with it the list never ends.
 *
 * @since 0.1.0
 * @category inputs
 */
export interface StreamApiAuthAppsQuery extends Pick<ListApiAuthAppsQuery, "includeInactive" | "limit" | "search"> {}

/**
 * How `streamApiAuthApps` reads.
 *
 * @since 0.1.0
 * @category inputs
 */
export interface StreamApiAuthAppsOptions {
  /** How many pages may be fetched before they are asked for, at most 100: 1 when left out, 0 for none. */
  readonly prefetch?: number | undefined
}

/** Reads a page of apps. */
export interface ReadPage {
  (query: ListApiAuthAppsQuery): Effect.Effect<ApiAuthAppPage, ValidationError | CallError>
}

type StreamError = ValidationError | CallError | PaginationError

const name = "streamApiAuthApps"

/** The stream of all apps. */
export const appStream = (
  read: ReadPage,
  query: StreamApiAuthAppsQuery,
  options: StreamApiAuthAppsOptions
): Stream.Stream<ApiAuthApp, StreamError> => {
  const { includeInactive, limit = 100, search } = query
  /** From an offset on; `createdAt` is the last moment given, `slugs` has the apps of it: several may share one. */
  const from = (offset: number, slugs: ReadonlySet<string>, createdAt?: Timestamp): ReadRows<ApiAuthApp, StreamError> =>
    Effect.gen(function* () {
      const list = {
        operation: "listApiAuthApps",
        size: limit,
        read: (page: Pick<ListApiAuthAppsQuery, "limit" | "offset">) => read({ includeInactive, search, ...page }),
        isAbove: (app: ApiAuthApp) => isBefore(createdAt, app.createdAt) || slugs.has(app.appSlug)
      }
      const [rows, next] = yield* nextRows(list, offset)
      const last = rows.at(-1)?.createdAt
      if (next === undefined) return [rows, next]
      const before = isBefore(last, createdAt) ? [] : slugs
      return [rows, from(next, new Set([...before, ...rows.map((app) => app.appSlug)]), last)]
    })
  const first: ReadRows<ApiAuthApp, StreamError> = Effect.gen(function* () {
    yield* checkMembers(name, query, ["includeInactive", "search", "limit"])
    yield* checkMembers(name, options, ["prefetch"])
    if (limit < 1) return yield* refuse(name, "limit", "1 or more: the list never ends with 0, and skips apps below")
    return yield* from(0, new Set())
  })
  return paged(name, first, options.prefetch)
}
