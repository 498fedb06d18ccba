/**
 * Takes secrets out of a text that somebody else wrote: a proxy's page may echo the key that it was sent.
 *
 * The credential that a gateway is asked about comes from a stranger: whatever it and the text are, the work has an end soon.
 */
import * as Encoding from "effect/Encoding"
import { percentEncoded, type Spelled, spelledChar, spelledDigit } from "./spellings.js"

/** Shorter ones would blank ordinary words. */
const shortestSecret = 8
const shortestPiece = 64
/** A long text is looked for in pieces of 64 characters and more. */
const pieces = /[^]{1,127}$|[^]{64}/gu
/** A tenth of a second. What needs more is a page that is no message, or a secret that is none. */
const mostSteps = 1_000_000

/** Characters of all secrets together: writing more of them in their spellings would take too long as well. */
const mostSecret = 65_536

/** What begins a spelling of some length. */
const slowToRead = "\\&\uFFFD"

const replacement = "<redacted>"

/** Base64 of a text that begins anywhere in what was encoded: of each alignment, the digits that depend on nothing else. */
const base64 = (text: string): ReadonlyArray<string> =>
  ["", "\0", "\0\0"].map((before) =>
    Encoding.encodeBase64(before + text)
      .replace(/.=+$/, "")
      .slice(Math.ceil((before.length * 4) / 3))
  )

type Piece = ReadonlyArray<Spelled>

const piecesOf = (text: string, spell: (char: string) => Spelled): ReadonlyArray<Piece> =>
  Array.from(new Set(text.match(pieces)), (piece) => Array.from(piece, spell))

/** A text, and where each of its units stands: most of a piece's places are ruled out at once. */
interface Searched {
  readonly text: string
  readonly places: ReadonlyMap<string, ReadonlyArray<number>>
  steps: number
}

const search = (text: string): Searched => {
  const places = new Map<string, Array<number>>()
  for (let at = 0; at < text.length; at++) {
    const unit = text.charAt(at)
    const known = places.get(unit)
    if (known === undefined) places.set(unit, [at])
    else known.push(at)
  }
  return { text, places, steps: 0 }
}

/** Where a piece ends that begins here: the furthest of all ways to read it. All are followed at once, so that none is tried twice. */
const endOf = (piece: Piece, searched: Searched, at: number): number | undefined => {
  let ends: ReadonlyArray<number> = [at]
  for (const { endsAt } of piece) {
    const found = new Set<number>()
    for (const end of ends) {
      searched.steps += slowToRead.includes(searched.text.charAt(end)) ? 10 : 1
      for (const next of endsAt(searched.text, end)) found.add(next)
    }
    if (found.size === 0) return undefined
    ends = [...found]
  }
  return Math.max(...ends)
}

type Span = readonly [start: number, end: number]

const spansOf = (piece: Piece, searched: Searched): ReadonlyArray<Span> => {
  const spans: Array<Span> = []
  for (const unit of new Set(piece[0]?.starts.split(""))) {
    let free = 0
    for (const at of searched.places.get(unit) ?? []) {
      // No spelling of a character is shorter than one unit.
      if (at + piece.length > searched.text.length || searched.steps >= mostSteps) break
      const end = at < free ? undefined : endOf(piece, searched, at)
      if (end === undefined) continue
      spans.push([at, end])
      free = end
    }
  }
  return spans
}

const without = (text: string, spans: ReadonlyArray<Span>): string => {
  let blanked = ""
  let kept = 0
  for (const [start, end] of [...spans].sort(([a], [b]) => a - b)) {
    // What touches is one.
    if (start > kept || kept === 0) blanked += text.slice(kept, start) + replacement
    kept = Math.max(kept, end)
  }
  return blanked + text.slice(kept)
}

/** Built at most once for each character. */
const remembering = (spell: (char: string) => Spelled): ((char: string) => Spelled) => {
  const known = new Map<string, Spelled>()
  return (char) => {
    const spelled = known.get(char) ?? spell(char)
    known.set(char, spelled)
    return spelled
  }
}

/** How a secret can be written. */
export const spellingsOf = (secret: string): ReadonlyArray<Piece> => {
  const digit = remembering(spelledDigit)
  return [
    ...piecesOf(secret, remembering(spelledChar)),
    ...[...base64(secret), percentEncoded(secret).replaceAll("%", "")].flatMap((digits) => piecesOf(digits, digit))
  ]
}

/** Blanks every spelling of every secret that is long enough, and all of a text that takes too long. */
export const blankSecrets = (secrets: ReadonlyArray<string>, spellings = spellingsOf): ((text: string) => string) => {
  const all = [...new Set(secrets.flatMap((secret) => [secret, secret.trim()]))]
  return (text) => {
    const found = all.filter(
      // A character has two units at most: such a text is too short for any piece of it.
      ({ length }) => length >= shortestSecret && Math.min(length / 2, shortestPiece) <= text.length
    )
    if (found.length === 0) return text
    if (found.reduce((sum, { length }) => sum + length, 0) > mostSecret) return replacement
    const searched = search(text)
    const spans = found.flatMap((secret) => spellings(secret).flatMap((piece) => spansOf(piece, searched)))
    return searched.steps < mostSteps ? without(text, spans) : replacement
  }
}
