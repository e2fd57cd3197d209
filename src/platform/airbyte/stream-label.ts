import type { ConnectionSpec } from '../../orchestrate/index.js'

/** What a stream is called in its connection here: with its namespace where another one is called the same. Undefined where it has none such. */
export function streamLabel(
  streams: ConnectionSpec['streams'],
  name: string,
  namespace: string | undefined,
): string | undefined {
  const full = namespace ? `${namespace}.${name}` : name
  return streams.find((one) => one.name === full)?.name ?? streams.find((one) => one.name === name)?.name
}
