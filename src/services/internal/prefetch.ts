/**
 * Reading ahead: the next pages are fetched while one is consumed.
 */
import type * as Chunk from "effect/Chunk"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import type * as Option from "effect/Option"
import * as Queue from "effect/Queue"
import * as Stream from "effect/Stream"
import type { EncodeError } from "../../errors/ClientError.js"
import { refuse } from "./refuse.js"

/** How many pages may be fetched ahead of the one that is consumed, when the caller says nothing. */
export const defaultPrefetch = 1

const mostPrefetch = 100

/** Whole and bounded: an endless one would be a list in memory. */
export const checkPrefetch = (name: string, ahead = defaultPrefetch): Effect.Effect<void, EncodeError> =>
  Number.isInteger(ahead) && ahead >= 0 && ahead <= mostPrefetch
    ? Effect.void
    : Effect.fail(refuse(name, "prefetch", `a whole number from 0 to ${mostPrefetch}`))

/** At most `ahead` chunks are pulled before they are asked for; with 0 each is pulled when it is. */
export const prefetch = <A, E, R>(pages: Stream.Stream<A, E, R>, ahead = defaultPrefetch): Stream.Stream<A, E, R> =>
  ahead === 0 ? pages : Stream.fromPull(Effect.flatMap(Stream.toPull(pages), (pull) => pullAhead(pull, ahead)))

const pullAhead = <A, E, R>(pull: Effect.Effect<Chunk.Chunk<A>, Option.Option<E>, R>, ahead: number) =>
  Effect.gen(function* () {
    const pulled = yield* Queue.bounded<Exit.Exit<Chunk.Chunk<A>, Option.Option<E>>>(ahead)
    const permits = yield* Effect.makeSemaphore(ahead)
    // The permit comes before the request: a queue alone would hold back a page that was fetched already.
    const pullOne = Effect.zipRight(
      permits.take(1),
      Effect.tap(Effect.exit(pull), (exit) => Queue.offer(pulled, exit))
    )
    yield* Effect.forkScoped(Effect.repeat(pullOne, { while: Exit.isSuccess }))
    return Effect.flatten(Effect.zipLeft(Queue.take(pulled), permits.release(1)))
  })
