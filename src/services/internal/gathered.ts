/**
 * The bytes of a body that is counted while it comes.
 */
import { concatBytes } from "./bytes.js"

/** Of so many chunks one is made: of a byte each, by the million, they would hold a hundred times their size. */
const mostChunks = 256

/** What has come of a body. */
export class Gathered {
  readonly #blocks: Array<Uint8Array> = []
  #chunks: Array<Uint8Array> = []
  size = 0
  add(chunk: Uint8Array): void {
    this.size += chunk.length
    this.#chunks.push(chunk)
    if (this.#chunks.length < mostChunks) return
    this.#blocks.push(concatBytes(this.#chunks))
    this.#chunks = []
  }
  text(): string {
    return new TextDecoder().decode(concatBytes([...this.#blocks, ...this.#chunks]))
  }
}
