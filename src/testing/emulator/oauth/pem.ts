/** The SubjectPublicKeyInfo of an RSA key, as PEM with LF line ends. */
import * as Encoding from "effect/Encoding"

const length = (bytes: number): ReadonlyArray<number> => {
  if (bytes < 0x80) return [bytes]
  return bytes < 0x100 ? [0x81, bytes] : [0x82, bytes >> 8, bytes & 0xff]
}

const tagged = (tag: number, ...contents: ReadonlyArray<ReadonlyArray<number> | Uint8Array>): Uint8Array => {
  const content = contents.flatMap((bytes) => Array.from(bytes))
  return Uint8Array.from([tag, ...length(content.length), ...content])
}

const [integer, bitString, sequence] = [0x02, 0x03, 0x30]
/** rsaEncryption, with its NULL parameters. */
const algorithm = tagged(sequence, [0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01, 0x05, 0x00])
const publicExponent = tagged(integer, [0x01, 0x00, 0x01])

/** PEM of an encoded SubjectPublicKeyInfo. */
export const fromDer = (der: Uint8Array): string => {
  const lines = Encoding.encodeBase64(der).match(/.{1,64}/g) ?? []
  return ["-----BEGIN PUBLIC KEY-----", ...lines, "-----END PUBLIC KEY-----", ""].join("\n")
}

/** PEM of the key with this modulus (big-endian, top bit set) and the exponent 65537. */
export const fromModulus = (modulus: Uint8Array): string => {
  const key = tagged(sequence, tagged(integer, [0x00], modulus), publicExponent)
  return fromDer(tagged(sequence, algorithm, tagged(bitString, [0x00], key)))
}
