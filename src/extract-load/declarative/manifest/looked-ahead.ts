import { didYouMean, isMapping } from '../../../base/index.js'
import type { Mapping } from '../component-contract.js'
import type { Problem } from './problem.js'
import type { WrittenTemplate } from './written-templates.js'

const mostShown = 100
const shown = (text: string) => (text.length > mostShown ? `${text.slice(0, mostShown)}…` : text)

/** Texts that cannot be read as templates: otherwise the first stream that needs one would tell of it. */
export function brokenTemplates(templates: readonly WrittenTemplate[]): Problem[] {
  return templates.flatMap(({ text, path, parsed }) =>
    'problem' in parsed ? [{ path, message: `\`${shown(text)}\` is no template: ${parsed.problem}` }] : [],
  )
}

/** Streams that a connection is to be checked with, and that are not there: others can be read. Dynamic streams may have any name. */
export function uncheckableStreams({ check, streams, dynamic_streams: dynamic }: Mapping): Problem[] {
  if (!isMapping(check) || check.type !== 'CheckStream' || listOf(dynamic).length > 0) return []
  const names = listOf(streams)
    .flatMap((stream) => (stream.type === 'ConditionalStreams' ? listOf(stream.streams) : [stream]))
    .flatMap(({ name }) => (typeof name === 'string' ? [name] : []))
  const wanted = Array.isArray(check.stream_names) ? (check.stream_names as readonly string[]) : []
  return [...wanted.entries()]
    .filter(([, name]) => !names.includes(name))
    .map(([at, name]) => ({
      path: ['check', 'stream_names', at],
      message: [`there is no stream \`${name}\`, so that the check always fails.`, didYouMean(name, names)]
        .filter(Boolean)
        .join(' '),
    }))
}

const listOf = (value: unknown): readonly Mapping[] => (Array.isArray(value) ? value.filter(isMapping) : [])
