import { assert, describe, it } from "@effect/vitest"
import { createPublicKey } from "node:crypto"
import * as Pem from "../../../../src/testing/emulator/oauth/pem.js"
import * as RsaKeys from "../../../../src/testing/emulator/oauth/rsaKeys.js"

describe("the fixed set of keys", () => {
  it("has hundreds, all different", () => {
    const moduli = Array.from({ length: RsaKeys.size }, (_, number) => RsaKeys.modulus(number).join())
    assert.strictEqual(new Set(moduli).size, 276)
    assert.strictEqual(RsaKeys.modulus(RsaKeys.size).join(), moduli[0])
  })
  it("gives RSA-2048 keys in the very form that a crypto library writes", () => {
    for (const number of [0, 1, 42, RsaKeys.size - 1]) {
      const pem = Pem.fromModulus(RsaKeys.modulus(number))
      const key = createPublicKey(pem)
      assert.deepStrictEqual(key.asymmetricKeyDetails, { modulusLength: 2048, publicExponent: 65_537n })
      assert.strictEqual(key.export({ type: "spki", format: "pem" }), pem)
    }
  })
})
