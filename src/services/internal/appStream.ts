/**
 * All apps, newest first, page by page.
 */
import * as Chunk from "effect/Chunk"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import type { ValidationError } from "../../errors/ApiError.js"
import type { PaginationError } from "../../errors/ClientError.js"
import type { CallError } from "../../errors/WachtError.js"
import type { ApiAuthApp, ListApiAuthAppsQuery } from "../../schemas/ApiAuthApp.js"
import type { ApiAuthAppPage } from "../../schemas/Page.js"
import { Timestamp } from "../../schemas/Timestamp.js"
import { nextRows, type Place, placeAt } from "./offsetPages.js"
import { checkPrefetch, prefetch } from "./prefetch.js"
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
const defaultSize = 100

/** The last moment given, and which apps of it: several may share one. */
interface State {
  readonly place: Place
  readonly createdAt: Timestamp | undefined
  readonly slugs: ReadonlySet<string>
}

/** The stream of all apps. */
export const appStream = (
  read: ReadPage,
  query: StreamApiAuthAppsQuery,
  options: StreamApiAuthAppsOptions
): Stream.Stream<ApiAuthApp, StreamError> => {
  const { includeInactive, limit = defaultSize, search } = query
  // Negative ones are the operation's own to refuse or to read oddly.
  const size = limit < 0 ? limit : Math.max(2, limit)
  const step = ({ createdAt, place, slugs }: State) => {
    const isGiven = (app: ApiAuthApp): boolean => {
      if (createdAt === undefined) return false
      const order = Timestamp.Order(app.createdAt, createdAt)
      return order > 0 || (order === 0 && slugs.has(app.appSlug))
    }
    const list = {
      operation: "listApiAuthApps",
      size,
      read: (offset: number, limit: number) => read({ includeInactive, search, limit, offset }),
      isGiven
    }
    return Effect.map(nextRows(list, place), ({ next, rows }) => {
      const last = rows.at(-1)?.createdAt ?? createdAt
      const state: State | undefined = next && {
        place: next,
        createdAt: last,
        slugs: slugsAt(rows, last, slugs, createdAt)
      }
      return [Chunk.unsafeFromArray(rows), Option.fromNullable(state)] as const
    })
  }
  const start: State = { place: placeAt(0), createdAt: undefined, slugs: new Set() }
  const checkLimit =
    limit === 0 ? Effect.fail(refuse(name, "limit", "1 or more: with 0 the list never ends")) : Effect.void
  return Stream.unwrap(
    Effect.as(
      Effect.zipRight(checkLimit, checkPrefetch(name, options.prefetch)),
      prefetch(Stream.paginateChunkEffect(start, step), options.prefetch)
    )
  )
}

const slugsAt = (
  apps: ReadonlyArray<ApiAuthApp>,
  moment: Timestamp | undefined,
  before: ReadonlySet<string>,
  momentBefore: Timestamp | undefined
): ReadonlySet<string> => {
  const isAt = (other: Timestamp | undefined): boolean =>
    moment !== undefined && other !== undefined && Timestamp.Equivalence(other, moment)
  const now = apps.filter((app) => isAt(app.createdAt)).map((app) => app.appSlug)
  return new Set(isAt(momentBefore) ? [...before, ...now] : now)
}
