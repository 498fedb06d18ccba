/**
 * Real RSA-2048 keys from a fixed set of primes, for runs that repeat.
 *
 * Any two of the primes make a key: 24 of them make 276, of which no two are alike. They are published here
 * and shared by keys, so what they sign proves nothing, in an emulator as it should be.
 */
import * as Either from "effect/Either"
import * as Encoding from "effect/Encoding"

/** Primes of 1024 bits with both top bits set, so that every product has 2048; big-endian, base64. */
const primes: ReadonlyArray<string> = [
  "1EpJ0dAKb1Bv5PLSVEvs2H71j/jOQMy0/sjyrbg++/TGSR1WJ9TJ1xjhBDOiLxRhKKxrjm7G8MDQx5Dx+5mIrF3ga36QnyCCktQV3cz527HIvJgxctYTGeTSl+vBbboY4CUJQjx6cSxLUhOG9wnpMqyc8q/1KbrqscaYLtkWWZM=",
  "59zIafqc6/oFl41bfQ03Na2+rIsisYVoWbjmvtkLv5tZGgmqJ6rPJH/fK08FTb+ML3znIL/rW8Stwn0ZBCnJVyo27jDDUhTqe0Ude7GPk83nXJBrtkdBzTvLqKF8gIZoLAkTz50ikAhaHCo+vJFyyjvyx5Jq5AiuzXFWOdqDQck=",
  "4kMYLezxDG7FEotOG5TkMRZXHW8ePU8hLn3AdrO1KXLCzGPGnMv2Xcw43Lx3HfUTBeY+CVgwjPA67EkI8d5xOMuPo9o7nWA9AwSWRvOQCSQr8g5zvH3x7AiCiR064/JE2L+m0i4QWYzWADPldRdl5ocakS/2ZnjQJOB5HJYFiyk=",
  "0++qLyuHRzV0/e3VsfDcZisBfRT2QF3WDdhKm3mTQg9jUMnI3bPEcm6eRFETPti5rCoH0XgHETVRNYfx04Zl0iuB05im8yFHCu/457Cm6fx7tvJMb7G/cCOL6ZFOc9jOEEq+Xs+ulJ7Fd66UOYlglhZjJvGcVuQIL8Qr9+xl8e0=",
  "7AAwA5khtQ5kWNeTamU1p8sGztnA+bJCVr8B/aU4Jviga84EABO5ApY+ct2cT+S3dxuASdesNO72WMWf2FLmGeLDwjKO+6f8YUAemAKHO9GFdO7LRWRhKQ0JWKUszR3/x64JJ0c6E3IVZAQkxXl9MloXRBN6TuFgDEBXJd9+ozE=",
  "4tH+tqjNoe/G5GkWxQVoFnu7oPy48WPghqxGYl02KYHSmtC4aDjE+xeDG8nVNDwNGCt2eJSjkqfKXj6FnFE8GKrv9TyJgpxnF8LUYHt34wwsQOGa0fZOX6iBlcK4+IMOWO/4/2C5n9EmP/yQl7BwUvCVAm3uzvlxv3pLpvylya8=",
  "2v6K/ioLsQIpo7WOAQIrfmlwcrIOw2hi83IgckyVOoTZdOl0MpDIfjqu+3RLlEnHxZLshN09ilFO5SxzCTb+ALmrAM6zu7MzlK6/O8OzCM1m+xCqhvdxVIz31yMJfXM1Hy+GQuYXGcw6Fd7B9sprIOZC/eZzn4IBNTtGDMbRtHs=",
  "xEog/kQZ+vLokCSo6ZpsCXgpyCwxoVH3qwjvcj63stMlrYPxK/oT7vdauGM76IPyecnG2EKHpVsAGpejyzkgCiczIoW38bQyKqrOUyU2LF53tgy5pIbfEcA7RTUGIV9DOkO++YZwjd1DtpdifVO54F2Uw9pDCnKz12sCtLUvz+k=",
  "6xGM6sZIamdGcLcx6YCeM4idukgnM+lldaGR9CQaHcRnb5DPoX60GvrDSo6ntwaeR3v6FJN4hnXftkmIREg044xKoNNULhi7USfIUgwqeB+8jy4B0ehoCQbEieYqIPQ8eyYgMRbegxAvdC2kILhj3DjVSgar3D4fz5em3Sd0dss=",
  "0tzOFWqxeU04iYmhrxgjFnZ+Q6/5yLz+9mJAEBTZRDx299r+8L6nWFJTkroDAd3enWt3I1VIZoZxzsnS/GunaXD6hmu+bKK5vf/Y7SMVU0W6nOGZP7y0wEaScg/0cdxlbpbkSdTnYgdnuT3UgOjXuA/NmgMEFdjiWbBsP3oG5L0=",
  "wBmHengxDTEHpVFIiL/GzfwFy9ozbn1j3xL2HWvX9TpHBOyAElmqGWA8aoZRaD9pqr8goRcenCVoIjFQaAZcGrWTwc26Fu7HvzvGxLUKHZW63pczsNGvBXjrLqMec5kKQD3eBHXm3JdFa51XaO0SGe4Z7FZb3cESK+qk+lbLboc=",
  "7XneqDJt27rgy//NTakWsl6Krk23h8cxEF3oi8gzNA6d3C3CuJcyBwHW1czxOe9cooIXt59g35uLHSSfkXIDMvw3rDFWG/tIWg0NJxiw43hKN9AErhaFg/QYG/89q/hUYqKmPazkzFMqUlW5G8A+HkVxJZo0euuYjM4rZrxf5H0=",
  "5JsCwSMB85bwEazIlyuU1sGurUZTqdyY43zk/iTViNCa5j77lhgXbTa/ElFrI4yewmkqCpQtUlWteYVcaAMUrCc6dFd4/0JJh7WORwIKT3JhuT84HCd0n9mTasWDfkNexeuVGXvLI3HbeVpvDfV7Y1ifAFWKjPHVUX943fCFpKE=",
  "xNsjfbNzUgXanOVexKrkJGpvwl4jJ6tjfAVAoRNRTNoKIVR5ck/q/bORfRC+GBTjvD+kGedQIXCixBBsC/R+CMaBRujo4zrWIFh6Qz2vFU5pmLVeAwElXdG8Paubg/5F4SQ6t8IvUATMRo8SlxeIj02HZ2VKEYm/7EaPHyn3aR8=",
  "/pvDAxcEfGTMJP6KKrWwLnCJ0MjsCgcP30rykptxu5dpFYzyaXb8EH6aMr3kegV/Nd/Lc94biiF1o6ADNZT/9mK5kDmQBvg1+osbXIcam5qlDnKEFLKnI0zNsS1Lb8eLTDXjyeWeYBdZduPW3dKX4BPOttUo2+y+aaM+Y7KhULc=",
  "zbl2mS1aZPSm+Njdro/HH8seG8lU3PXsXPMM6UTkv0kYobJ1k7gn4rWzsBvi1Pghw5eWUJVb6z3177QGHfDido2ocyhzOD74UiqI1zAUz8+giVt2O+g8E+vttx42Dh333GtswR6KSxWXtPhUh96/uf8Q1xUj5q5cd0qYxUo5CFU=",
  "5iy46r5M9Mc00B+0Z4g0GVRwh11bUhoG6erqY+mMrvgxYoEVTMt9tqtvzy4T24zR69cZLYvwJ8t2ef0pbPj34nduVDQGpBqHW936RfhmkYWMym8Y5N4ESY+H4kZICRyqpCVymWK6scNzCcxoUNHLyERppJOJ3m5EBMGBnWjcbIM=",
  "4Okf5Eob9BOIqIBxHBq8uC1UK13Vm3Ydb5HmdnUa8L9mEX2RYqUG/vdIbPV/0w4jpbN0JfzU77b8PGUw8kpUhlWHSf+O3PS3vA2b6ueVwmHogt530ZtkkP/NQzneQhA15FnaTDvU3ClmEvj+nLGgfx48va7NTvRKwk1p/biLR+8=",
  "9fxCCOVf07YNruKjxN/fNt6n7DJ+WXbSX1fUZaSUhvyFEwnDKimTOeYGh8j9MYAoC9V+iZjWJZ7kxjxSqQU0VuH4Oi3b2iuhWtxh2M0j2in03dU32NJto842JjQsY+bjK6MOePsdj3JtAg1LwzgozbWbS7K+zQ+ObKiVNTDOH7k=",
  "2wbX5ifAUeEccEu2gAckiOcnv76jJFIL6tkHfV+f0hbXi6ePjOBsgfuV57P0KKg/x9vZmV6m/866ak5hORATZIKVx7ERvIC+GFO9VgN5AYdXCMKOoeCeEO2VZbD+M9ZwJdDhJp/N00Q78RsREa29KL24qOcVi2/YX9Xb+YZeyP8=",
  "5LhhEWmrxucP1S03SL9nROi4VjODvSHnmMYTgQnvzMCsVdq8izTVx6OxLPplJAkzNxY53UphPqgst4ac+RiyI0T6fNCvU1g2+aEBT522sBwS7RmqbhvC5QuaAXtkl8F/7Qxw6B27p07VeWIN5JZ+qTeEcgX6vFXGWfi4Ayi87X8=",
  "6PT+PQwKq/QOOBHc1yzYKD6lz5QDtOxyw3nlx+2a9BJ9CWuUaDe9rel/CRemYRNETyVRxoLRgEr1LUbcijEAjTk0XLGF91AR0Burt6hms0krUkF46ZyjzUOz1EChNu969jGEnR6nkvUeVn3LyBnSRfaepP3wPsOMh+zE6LOl3sU=",
  "5+r3j8+p1b279X0Rl5RWsy78Bx4+xoOuUsUgMutB3zBjvmh6+Hs0fAOpeF7fI6PNNYKvuXCgq7l8MqRLASWvGgn2Km2Czajs7XhQ8lkjTLzKnfY+PDVx3mA46xuVwKWcSPvsCQvFs8n+h2PqCKeLSJitT/9ak81XfU7QDH2WC4U=",
  "3jQ2CNvA5AFZwLE8omDqU+iqLNWXWAky3DvoG8C5sLR9YpwlsE+4RAPzWvuxVuGSfVl4wVla50fyCnEs2rMxGH0lTvk9po1Xja6L2hOGkdDbHuH/8X46WafuWKmGrJkVNTIcDQUpkevSHm4qgcEI/my/+duo21R0AnlIsurTvKU="
]

const pairs: ReadonlyArray<readonly [p: string, q: string]> = primes.flatMap((p, index) =>
  primes.slice(index + 1).map((q) => [p, q] as const)
)

/** How many keys there are before they repeat. */
export const size = pairs.length

const toBigInt = (prime: string): bigint =>
  Either.match(Encoding.decodeBase64(prime), {
    onLeft: () => 0n,
    onRight: (bytes) => BigInt(`0x${Encoding.encodeHex(bytes)}`)
  })

/** A product of two of the primes has 2048 bits, so its hexadecimal digits come in pairs. */
const toBytes = (number: bigint): Uint8Array =>
  Either.getOrElse(Encoding.decodeHex(number.toString(16)), () => new Uint8Array())

/** The modulus of the key with this number, big-endian; after the last key comes the first. */
export const modulus = (number: number): Uint8Array => {
  const pair = pairs[number % size]
  return pair === undefined ? new Uint8Array() : toBytes(toBigInt(pair[0]) * toBigInt(pair[1]))
}
