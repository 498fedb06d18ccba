import { assert, describe, it } from "@effect/vitest"
import { ApiKeys, Wacht } from "effect-wacht"
import { ApiAuthApp, type ListApiAuthAppsQuery } from "effect-wacht/schemas"
import { Emulator } from "effect-wacht/testing"
import * as Chunk from "effect/Chunk"
import * as Effect from "effect/Effect"
import * as fc from "effect/FastCheck"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"

const decode = Schema.decodeSync(ApiAuthApp)

/** Apps of few moments: many share one. */
const appAt = (slug: string, second: number): ApiAuthApp =>
  decode({
    deployment_id: "1",
    app_slug: slug,
    name: slug,
    key_prefix: "acme",
    description: null,
    is_active: true,
    permissions: [],
    resources: [],
    rate_limits: [],
    created_at: `2026-01-01T00:00:${String(second).padStart(2, "0")}Z`,
    updated_at: "2026-01-01T00:00:00Z",
    deleted_at: null
  })

class Apps {
  readonly queries: Array<ListApiAuthAppsQuery> = []
  list: ReadonlyArray<ApiAuthApp>
  before: (index: number) => void = () => {}
  constructor(seconds: ReadonlyArray<number>) {
    this.list = [...seconds].sort((a, b) => b - a).map((second, index) => appAt(`app-${index}`, second))
  }
  readonly layer = Layer.mock(ApiKeys.ApiKeys)({
    listApiAuthApps: (query = {}) =>
      Effect.sync(() => {
        this.before(this.queries.length)
        this.queries.push(query)
        const { limit = 50, offset = 0 } = query
        const data = this.list.slice(offset, offset + limit)
        return { data, hasMore: this.list.length > offset + limit, limit, offset }
      })
  })
}

const slugs = (apps: Apps, query?: ApiKeys.StreamApiAuthAppsQuery, options?: ApiKeys.StreamApiAuthAppsOptions) =>
  ApiKeys.streamApiAuthApps(query, options).pipe(
    Stream.runCollect,
    Effect.map((found) => Chunk.toReadonlyArray(found).map(({ appSlug }) => appSlug)),
    Effect.provide(apps.layer)
  )

describe("streamApiAuthApps", () => {
  it.effect.prop(
    "gives every app once while apps are created",
    {
      seconds: fc.array(fc.nat(5), { maxLength: 30 }),
      limit: fc.integer({ min: 1, max: 7 }),
      prefetch: fc.nat(2),
      created: fc.array(fc.nat(12), { maxLength: 8 })
    },
    ({ created, limit, prefetch, seconds }) =>
      Effect.gen(function* () {
        const apps = new Apps(seconds)
        const expected = apps.list.map(({ appSlug }) => appSlug)
        apps.before = (index) => {
          const count = index === 0 ? 0 : (created[index] ?? 0)
          for (let n = 0; n < count; n++) apps.list = [appAt(`new-${index}-${n}`, 30), ...apps.list]
        }
        assert.deepStrictEqual(yield* slugs(apps, { limit }, { prefetch }), expected)
      }),
    { fastCheck: { numRuns: 60 } }
  )

  it.effect.prop(
    "loses no other app while apps that were given are deleted",
    {
      seconds: fc.array(fc.nat(5), { maxLength: 30 }),
      limit: fc.integer({ min: 1, max: 7 }),
      deleted: fc.array(fc.nat(30), { maxLength: 30 })
    },
    ({ deleted, limit, seconds }) =>
      Effect.gen(function* () {
        const apps = new Apps(seconds)
        const expected = apps.list.map(({ appSlug }) => appSlug)
        const seen: Array<string> = []
        yield* ApiKeys.streamApiAuthApps({ limit }, { prefetch: 0 }).pipe(
          Stream.rechunk(1),
          Stream.runForEach(({ appSlug }) =>
            Effect.sync(() => {
              seen.push(appSlug)
              const target = seen[deleted[seen.length] ?? 99]
              apps.list = apps.list.filter((app) => app.appSlug !== target)
            })
          ),
          Effect.provide(apps.layer)
        )
        assert.deepStrictEqual(seen, expected)
      }),
    { fastCheck: { numRuns: 60 } }
  )

  it.effect("asks for pages of 100 unless told otherwise, and for what is to be searched on every page", () =>
    Effect.gen(function* () {
      const apps = new Apps(Array.from({ length: 150 }, (_, index) => index % 60))
      yield* slugs(apps, { search: "app", includeInactive: true })
      const query = { limit: 100, search: "app", includeInactive: true }
      assert.deepStrictEqual(apps.queries, [
        { ...query, offset: 0 },
        { ...query, offset: 99 }
      ])
    })
  )

  it.effect("calls a mock as a method of its service", () =>
    Effect.gen(function* () {
      class Mock {
        readonly apps = [appAt("a", 1)]
        listApiAuthApps() {
          return Effect.succeed({ data: this.apps, hasMore: false, limit: 100, offset: 0 })
        }
      }
      const mock: Pick<ApiKeys.Service, "listApiAuthApps"> = new Mock()
      const found = yield* ApiKeys.streamApiAuthApps().pipe(
        Stream.runCount,
        Effect.provideService(ApiKeys.ApiKeys, mock as ApiKeys.Service)
      )
      assert.strictEqual(found, 1)
    })
  )

  it.effect("ends where its consumer leaves early and cannot be interrupted", () =>
    Effect.gen(function* () {
      const apps = new Apps(Array.from({ length: 40 }, (_, index) => index))
      const head = Stream.runHead(ApiKeys.streamApiAuthApps({ limit: 5 }))
      const found = yield* Effect.uninterruptible(head).pipe(Effect.provide(apps.layer))
      assert.isTrue(Option.isSome(found))
    })
  )

  it.effect("refuses a limit of 0, with which the list never ends", () =>
    Effect.gen(function* () {
      const apps = new Apps([1, 2])
      const error = yield* Effect.flip(slugs(apps, { limit: 0 }))
      assert.deepInclude(error, {
        _tag: "EncodeError",
        message: "limit: 1 or more: the list never ends with 0, and skips apps below",
        operation: "streamApiAuthApps"
      })
      assert.strictEqual(apps.queries.length, 0)
      assert.strictEqual((yield* Effect.flip(slugs(apps, {}, { prefetch: 0.5 })))._tag, "EncodeError")
      const misspelt = yield* Effect.flip(slugs(apps, { includeInactive: true, serach: "x" } as object))
      assert.deepInclude(misspelt, {
        _tag: "EncodeError",
        message: "serach: no such field; there are includeInactive, search, limit"
      })
      assert.deepInclude(yield* Effect.flip(slugs(apps, {}, { preftech: 1 } as object)), { field: "preftech" })
      assert.strictEqual(apps.queries.length, 0)
    })
  )

  it.effect("fails at once with a PaginationError where a page promises more that does not lead on", () =>
    Effect.gen(function* () {
      for (const data of [[], [appAt("a", 1)]]) {
        let reads = 0
        const layer = Layer.mock(ApiKeys.ApiKeys)({
          listApiAuthApps: () => Effect.sync(() => (reads++, { data, hasMore: true, limit: 100, offset: 0 }))
        })
        const error = yield* ApiKeys.streamApiAuthApps().pipe(Stream.runDrain, Effect.flip, Effect.provide(layer))
        assert.deepInclude(error, { _tag: "PaginationError", operation: "listApiAuthApps" })
        assert.strictEqual(reads, 1)
      }
    })
  )

  it.effect("fails with a PaginationError where the order of apps changes with the offset, page after page", () =>
    Effect.gen(function* () {
      const apps = new Apps([1, 1, 1])
      const [x, y, z] = apps.list
      if (x === undefined || y === undefined || z === undefined) return assert.fail()
      apps.before = () => {
        apps.list = apps.queries.length % 2 === 0 ? [x, y, z] : [x, z, y]
      }
      const seen: Array<string> = []
      const error = yield* ApiKeys.streamApiAuthApps({ limit: 2 }).pipe(
        Stream.runForEach(({ appSlug }) => Effect.sync(() => seen.push(appSlug))),
        Effect.flip,
        Effect.provide(apps.layer)
      )
      assert.deepInclude(error, { _tag: "PaginationError", operation: "listApiAuthApps" })
      assert.deepStrictEqual(seen, [x.appSlug, y.appSlug])
      assert.isBelow(apps.queries.length, 50)
    })
  )

  it.effect("filters as the list does, over the emulator", () =>
    Effect.gen(function* () {
      const { createApiAuthApp, updateApiAuthApp } = yield* ApiKeys.ApiKeys
      for (let n = 0; n < 12; n++) {
        yield* createApiAuthApp({ appSlug: `app-${n}`, name: "App", keyPrefix: "acme" })
      }
      yield* updateApiAuthApp("app-3", { isActive: false })
      const slugs = (query?: ApiKeys.StreamApiAuthAppsQuery) =>
        Effect.map(Stream.runCollect(ApiKeys.streamApiAuthApps(query)), (apps) =>
          Chunk.toReadonlyArray(apps).map(({ appSlug }) => appSlug)
        )
      assert.strictEqual((yield* slugs({ limit: 4 })).length, 11)
      assert.strictEqual((yield* slugs({ limit: 1, includeInactive: true }))[8], "app-3")
      assert.deepStrictEqual(yield* slugs({ search: "app-5" }), ["app-5"])
      for (const limit of [-5, -2, -1, 0, 1.5]) {
        assert.containsSubset(yield* Effect.flip(slugs({ limit })), {
          _tag: "EncodeError",
          issues: [{ field: "limit" }]
        })
      }
    }).pipe(
      Effect.provide(
        Layer.unwrapEffect(Effect.map(Emulator.Emulator, ({ apiKey }) => Wacht.layer({ apiKey }))).pipe(
          Layer.provide(Emulator.layer())
        )
      )
    )
  )
})
