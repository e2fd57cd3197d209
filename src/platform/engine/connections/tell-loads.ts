import type { Engine, EngineHealth } from '../../contract.js'

export type LongLoad = NonNullable<EngineHealth['loading']>

const tellEveryMs = 5_000

/** Tells, for as long as a call waits for it, that the project's code is still being loaded. */
export function tellLoads(engine: Engine, tell: (load: LongLoad) => void): Engine {
  const telling = async <T>(work: Promise<T>): Promise<T> => {
    const ask = () =>
      engine.health().then(
        ({ loading }) => loading && loading.forMs >= tellEveryMs / 2 && tell(loading),
        // The call itself tells what is wrong with the engine.
        () => {},
      )
    const timer = setInterval(ask, tellEveryMs)
    try {
      return await work
    } finally {
      clearInterval(timer)
    }
  }
  const { reload, definitions, writeTypes, startRunLoop } = engine
  return Object.assign(engine, {
    reload: () => telling(reload.call(engine)),
    definitions: () => telling(definitions.call(engine)),
    writeTypes: (options) => telling(writeTypes.call(engine, options)),
    startRunLoop: () => telling(startRunLoop.call(engine)),
  } satisfies Partial<Engine>)
}
