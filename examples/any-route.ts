import { WachtClient } from "effect-wacht"
import { Effect, Schema } from "effect"

const Session = Schema.Struct({ id: Schema.String, active: Schema.Boolean })

// a route that no service covers, checked, limited, traced and repeated by the same rules as every operation
export const getSession = (id: string) =>
  Effect.flatMap(WachtClient.WachtClient, (client) =>
    client.request({ method: "GET", path: "/sessions/{id}", params: { id }, safety: "safe", response: Session })
  )
