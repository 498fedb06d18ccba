// All cases that run in processes of their own, by kind.
import { callCases } from "./clients.js"
import type { Case } from "./rounds.js"
import { spanCases } from "./spans.js"
import { streamCases } from "./stream.js"

/** What is compared. */
export type Kind = "app" | "unsized" | "missing" | "keys" | "spans" | "stream"

/** The cases of a kind; the first is what the others are compared with. */
export const casesOf = (kind: string, baseUrl: string): ReadonlyArray<Case> => {
  switch (kind) {
    case "app":
    case "unsized":
    case "missing":
    case "keys":
      return callCases(kind, baseUrl)
    case "spans":
      return spanCases(baseUrl)
    case "stream":
      return streamCases(baseUrl)
    default:
      return []
  }
}
