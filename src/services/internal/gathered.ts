/**
 * The bytes of a body that is counted while it comes.
 */
import { concatBytes } from "./bytes.js"

const blockSize = 16_384

/** What has come of a body. Small chunks are put together: one of a byte each, by the million, would hold a hundred times their size. */
export class Gathered {
  readonly #chunks: Array<Uint8Array> = []
  #block = new Uint8Array()
  #used = 0
  size = 0
  add(chunk: Uint8Array): void {
    if (chunk.length === 0) return
    this.size += chunk.length
    if (this.#chunks.length < 64 || chunk.length > blockSize / 16) {
      this.#block = new Uint8Array()
      this.#chunks.push(chunk)
      return
    }
    if (this.#used + chunk.length > this.#block.length) {
      this.#block = new Uint8Array(blockSize)
      this.#used = 0
      this.#chunks.push(this.#block)
    }
    this.#block.set(chunk, this.#used)
    this.#used += chunk.length
    this.#chunks[this.#chunks.length - 1] = this.#block.subarray(0, this.#used)
  }
  text(): string {
    return new TextDecoder().decode(concatBytes(this.#chunks))
  }
}
