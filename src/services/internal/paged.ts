/**
 * Streams of pages, read ahead: the next pages are fetched while one is consumed.
 */
import * as Chunk from "effect/Chunk"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Option from "effect/Option"
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
    /**
     * A page that outlives its use costs the collector more than reading ahead wins. So no `Queue`, whose old nodes keep the pages that came
     * after them; and `repeat`, which keeps what it was given last, is given no page.
     */
    const pulled: Array<Exit.Exit<Chunk.Chunk<Row>, Option.Option<E>>> = []
    const arrived = yield* Effect.makeSemaphore(0)
    // Taken before the request, so that no page is fetched for which there is no room.
    const room = yield* Effect.makeSemaphore(ahead)
    const pullOne = Effect.zipRight(
      room.take(1),
      Effect.flatMap(Effect.exit(pull), (exit) => {
        pulled.push(exit)
        return Effect.as(arrived.release(1), Exit.isSuccess(exit))
      })
    )
    const all = Effect.repeat(pullOne, { while: (isMore: boolean) => isMore })
    // Also where its consumer cannot be interrupted: the end of the stream's scope waits for it.
    yield* Effect.forkScoped(Effect.interruptible(all))
    return Effect.zipRight(
      Effect.zipRight(arrived.take(1), room.release(1)),
      Effect.suspend(() => pulled.shift() ?? Effect.never)
    )
  })
