import { Wacht } from "effect-wacht"
import * as UndiciClient from "effect-wacht/UndiciClient"
import { Layer } from "effect"

export const Live = Wacht.layerConfig().pipe(Layer.provide(UndiciClient.layer))
