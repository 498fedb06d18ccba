/**
 * Streams of pages, read ahead: the next pages are fetched while one is consumed.
 */
import * as Chunk from "effect/Chunk"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Option from "effect/Option"
import * as Queue from "effect/Queue"
import * as Stream from "effect/Stream"
import type { EncodeError } from "../../errors/ClientError.js"
import { refuse } from "./refuse.js"

/** Reads rows, and gives them with what reads the ones after them, or with `undefined` where none come. */
export interface ReadRows<Row, E> extends Effect.Effect<
  readonly [rows: ReadonlyArray<Row>, next: ReadRows<Row, E> | undefined],
  E
> {}

/** Bounded: an endless one would be a list in memory. */
const mostPrefetch = 100

/**
 * The rows of all pages, a chunk each. At most `prefetch` of them are fetched before they are asked for; with 0 each is fetched when it
 * is. `name` is the stream's, to refuse in.
 */
export const paged = <Row, E>(
  name: string,
  first: ReadRows<Row, E>,
  prefetch = 1
): Stream.Stream<Row, E | EncodeError> => {
  const pages = Stream.paginateChunkEffect(first, (read) =>
    Effect.map(read, ([rows, next]) => [Chunk.unsafeFromArray(rows), Option.fromNullable(next)] as const)
  )
  if (prefetch === 0) return pages
  if (!(Number.isInteger(prefetch) && prefetch > 0 && prefetch <= mostPrefetch)) {
    return Stream.fail(refuse(name, "prefetch", `a whole number from 0 to ${mostPrefetch}`))
  }
  return Stream.fromPull(Effect.flatMap(Stream.toPull(pages), (pull) => pullAhead(pull, prefetch)))
}

/** One fiber pulls all pages: one that forks the next would hand its own settings on to it, and the next to the one after it. */
const pullAhead = <Row, E, R>(pull: Effect.Effect<Chunk.Chunk<Row>, Option.Option<E>, R>, ahead: number) =>
  Effect.gen(function* () {
    const pulled = yield* Queue.bounded<Exit.Exit<Chunk.Chunk<Row>, Option.Option<E>>>(ahead)
    const permits = yield* Effect.makeSemaphore(ahead)
    // The permit comes before the request: a queue alone would hold back a page that was fetched already.
    const pullOne = Effect.zipRight(
      permits.take(1),
      Effect.tap(Effect.exit(pull), (exit) => Queue.offer(pulled, exit))
    )
    yield* Effect.forkScoped(Effect.repeat(pullOne, { while: Exit.isSuccess }))
    return Effect.flatten(Effect.zipLeft(Queue.take(pulled), permits.release(1)))
  })
