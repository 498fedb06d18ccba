// A server on loopback that speaks HTTP/2 and HTTP/1.1 over TLS, with a certificate of nobody, and answers with the version it was asked in.
import { createSecureServer } from "node:http2"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"

const key = `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgUYDtqWN1R2c6JTC4
GPNAcglhH6/Fm2Vt1/HwxXTVPb6hRANCAAQIDKLBqFG+VTUM9+l4H0aQXeRo5gjg
hFqdI4XiRRWwP+U97IQHZczu7RPQJ7LcQO3GB9/+NV98oaJdKCe7NrTt
-----END PRIVATE KEY-----`

export const certificate = `-----BEGIN CERTIFICATE-----
MIIBmjCCAUGgAwIBAgIUcWC/wAmy4TAabxyW28zQ+8eMrFowCgYIKoZIzj0EAwIw
FDESMBAGA1UEAwwJbG9jYWxob3N0MCAXDTI2MTEyOTIzMjI1NVoYDzIxMjYxMTA1
MjMyMjU1WjAUMRIwEAYDVQQDDAlsb2NhbGhvc3QwWTATBgcqhkjOPQIBBggqhkjO
PQMBBwNCAAQIDKLBqFG+VTUM9+l4H0aQXeRo5gjghFqdI4XiRRWwP+U97IQHZczu
7RPQJ7LcQO3GB9/+NV98oaJdKCe7NrTto28wbTAdBgNVHQ4EFgQU2yR8lN6VuR3o
aCZ0P4rFF0rnLucwHwYDVR0jBBgwFoAU2yR8lN6VuR3oaCZ0P4rFF0rnLucwDwYD
VR0TAQH/BAUwAwEB/zAaBgNVHREEEzARgglsb2NhbGhvc3SHBH8AAAEwCgYIKoZI
zj0EAwIDRwAwRAIgVDjK+tC1ZAm7vFA3ZYjGx/7yfNbbJBprax+53HEqZ+QCIEgn
fKvZx/G9p+DAcwDo09fFelQViaaQU7IrziAnvDQv
-----END CERTIFICATE-----`

/** The server's port; it serves until the scope closes. */
export const startSecureServer: Effect.Effect<number, never, Scope.Scope> = Effect.map(
  Effect.acquireRelease(
    Effect.async<ReturnType<typeof createSecureServer>>((resume) => {
      const server = createSecureServer({ key, cert: certificate, allowHTTP1: true }, (request, response) => {
        response.end(request.httpVersion)
      })
      server.listen(0, "127.0.0.1", () => resume(Effect.succeed(server)))
    }),
    (server) => Effect.sync(() => server.close())
  ),
  (server) => {
    const address = server.address()
    return typeof address === "object" && address !== null ? address.port : 0
  }
)
