import type { Engine } from '../../platform/index.js'
import type { StreamPreviewView } from '../contract/index.js'

type Preview = Awaited<ReturnType<Engine['previewStream']>>

/** The only stream of a preview, as a page shows it. */
export function streamPreviewView({ streams, exchanges, logs }: Preview): StreamPreviewView {
  const [stream] = streams
  const { records = [], whyEmpty, schema = {}, undeclared = [], inferredSchema, begin, state, error } = stream ?? {}
  const view = {
    records,
    whyEmpty,
    schema,
    undeclared,
    inferredSchema,
    begin,
    state,
    error,
    // What was asked for no stream came first: a token, as a rule.
    exchanges: [...exchanges, ...(stream?.exchanges ?? [])],
    logs,
  }
  return structuredClone(view) as StreamPreviewView
}
