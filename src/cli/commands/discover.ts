import { Option } from 'commander'
import type { DiscoveredStream, SchemaChange } from '../../extract-load/index.js'
import type { CommandDefinition, GlobalOptions } from '../command.js'
import { interruptSignal } from '../interrupt.js'
import { withEngine } from '../open-project.js'
import { out } from '../output/colors.js'
import { cellJson, terminalWidth, textTable } from '../output/table.js'
import { streamNotFound } from '../stream-not-found.js'

interface DiscoverOptions extends GlobalOptions {
  readonly stream?: readonly string[]
}

export const discover: CommandDefinition = {
  name: 'discover',
  arguments: [['<connection>', 'a connection of the project']],
  summary: 'Show what a source has: streams, types, keys, cursors, first rows, and what changed since the last sync',
  options: [new Option('--stream <names...>', 'only these streams')],
  examples: [
    ['millrace discover flights', 'to read'],
    ['millrace discover flights --json', 'the catalog for other programs'],
  ],
  json: 'an array of streams in the form of Airbyte\'s catalog, with "sample" as {columns, rows} and "changes" since the last sync',
  async run(name: string, options: DiscoverOptions) {
    return withEngine(options, async (engine) => {
      const all = await engine.discoverConnection(name, { signal: interruptSignal() })
      const names = all.map((stream) => stream.name)
      const unknown = options.stream?.find((wanted) => !names.includes(wanted))
      if (unknown !== undefined) throw await streamNotFound(unknown, names, name)
      const streams = all.filter((stream) => options.stream?.includes(stream.name) ?? true)
      if (options.json) console.log(cellJson(streams))
      else console.log(streams.map(streamText).join('\n\n'))
      const { connections } = await engine.definitions()
      const configured = connections.find((one) => one.name === name)?.streams ?? []
      if (!options.json && !options.stream)
        for (const stream of configured)
          if (!names.includes(stream.name))
            console.log(
              `\n${out.bold(stream.name)}  ${out.red('gone')}: the connection loads it, and the source does not have it`,
            )
      return 0
    })
  },
}

function streamText(stream: DiscoveredStream): string {
  const { name, sourceDefinedPrimaryKey, primaryKeyCandidates = [], cursorCandidates = [], sample } = stream
  const keys = [...sourceDefinedPrimaryKey, ...primaryKeyCandidates].map((path) => path.join('.'))
  const cursors = cursorCandidates.map((path) => path.join('.'))
  const properties = (stream.jsonSchema.properties ?? {}) as Record<string, { type?: unknown; format?: string }>
  const uses = (field: string) => [
    ...(keys.includes(field) ? ['key'] : []),
    ...(cursors.includes(field) ? ['cursor'] : []),
  ]
  const table = (columns: readonly string[], rows: readonly (readonly unknown[])[]) => {
    const width = terminalWidth()
    return indent(
      textTable(
        columns.map((column) => ({ name: column })),
        rows,
        width === undefined ? {} : { width: width - 2 },
      ),
    )
  }
  const facts = [
    stream.supportedSyncModes.join(', '),
    ...(stream.defaultCursorField.length > 0 ? [`cursor by default: ${stream.defaultCursorField.join('.')}`] : []),
    ...(stream.isFileBased ? ['has files: include_files'] : []),
  ]
  return [
    `${out.bold(name)}  ${out.dim(facts.join(' · '))}`,
    table(
      ['field', 'type', 'may be'],
      Object.entries(properties).map(([field, schema]) => [field, typeName(schema), uses(field).join(', ')]),
    ),
    ...(stream.changes ?? []).map((change) => `  ${changeText(change)}`),
    ...(sample && sample.rows.length > 0 ? ['', out.dim('  first rows'), table(sample.columns, sample.rows)] : []),
  ].join('\n')
}

/** What changed since a sync last took the fields. */
function changeText({ kind, column, from, to, renamedFrom }: SchemaChange): string {
  if (kind === 'type_changed') return `${out.yellow('changed')} ${column}: ${from}, now ${to}`
  return kind === 'column_added'
    ? `${out.green('new')} ${[column, to].filter(Boolean).join(' ')}${renamedFrom === undefined ? '' : `, perhaps renamed from ${renamedFrom}`}`
    : `${out.red('gone')} ${column} ${from ?? ''}`.trimEnd()
}

const typeName = ({ type, format }: { type?: unknown; format?: string }) =>
  [...[type].flat().filter((one) => one !== 'null'), format].filter((part) => part).join(' ')

const indent = (text: string) => text.replace(/^(?=.)/gm, '  ')
