import { Option } from 'commander'
import { didYouMean } from '../../base/index.js'
import type { AssetFields, AssetFieldTrace, Engine, TraceDirection } from '../../platform/index.js'
import type { CommandDefinition, GlobalOptions } from '../command.js'
import { cliErrors } from '../errors.js'
import { withEngine } from '../open-project.js'
import { type FieldTree, fieldTree } from '../output/field-tree.js'
import { terminalWidth, textTable } from '../output/table.js'

interface LineageOptions extends GlobalOptions {
  readonly up?: boolean
  readonly down?: boolean
}

export const lineage: CommandDefinition = {
  name: 'lineage',
  arguments: [['<asset[.column]>', 'a model, seed, snapshot, stream or source, by name or key']],
  summary: 'Follow columns from source to mart',
  details:
    'Of an asset it lists the columns with what they are made of; of a column it shows the whole way, up and down. What cannot be told from the SQL is said to be unknown.',
  options: [
    new Option('--up', 'only where the column comes from'),
    new Option('--down', 'only what is made of it, and whose rows it decides over'),
  ],
  examples: [
    ['millrace lineage mart_routes', 'its columns'],
    ['millrace lineage mart_routes.flights', 'one of them, from the source to the last mart'],
    ['millrace lineage raw/flights.distance --down', 'what breaks when this changes'],
  ],
  json: 'of an asset {asset, columns: [{name, use, expression, inputs, outputs, rows, unknown?}], isComplete, rows}; of a column {asset, column, edges: [{from, to, use}], rows: [{from, asset, use}], unknown}',
  async run(name: string, options: LineageOptions) {
    return withEngine(options, async (engine) => {
      const { asset, column } = await named(engine, name)
      if (column === undefined) {
        const fields = await engine.fieldLineage(asset)
        if (options.json) console.log(JSON.stringify({ asset, ...fields }))
        else printFields(asset, fields)
        return 0
      }
      await mustHave(engine, asset, column)
      const direction: TraceDirection = options.up === options.down ? 'both' : options.up ? 'up' : 'down'
      const trace = await engine.traceField(asset, column, direction)
      if (options.json) console.log(JSON.stringify({ asset, column, ...trace }))
      else printTrace(asset, column, trace, direction)
      return 0
    })
  },
}

/** An asset by its key or its last part, with or without a column behind a dot. */
async function named(engine: Engine, name: string): Promise<{ asset: string; column: string | undefined }> {
  const { assets } = await engine.reload()
  const find = (wanted: string) => {
    const exact = assets.find(({ key }) => key === wanted)
    const matches = exact ? [exact] : assets.filter(({ key }) => key.slice(key.indexOf('/') + 1) === wanted)
    return matches.map(({ key }) => key)
  }
  const dot = name.lastIndexOf('.')
  const whole = find(name)
  const found = whole.length > 0 || dot < 0 ? whole : find(name.slice(0, dot))
  const [asset] = found
  if (found.length === 1 && asset !== undefined)
    return { asset, column: whole.length > 0 ? undefined : name.slice(dot + 1) }
  throw cliErrors.create('CLI_USAGE', {
    message: found.length > 1 ? `${name} may mean ${found.join(' or ')}.` : `There is no asset ${name}.`,
    hint:
      found.length > 1 ? 'Name it with its schema.' : '`millrace assets` lists them; a column follows behind a dot.',
  })
}

/** @throws CLI_USAGE where the asset certainly has no such column */
async function mustHave(engine: Engine, asset: string, column: string): Promise<void> {
  const { columns, isComplete } = await engine.fieldLineage(asset)
  if (!isComplete || columns.some(({ name }) => name.toLowerCase() === column.toLowerCase())) return
  const names = columns.map(({ name }) => name)
  throw cliErrors.create('CLI_USAGE', {
    message: `${asset} has no column ${column}.`,
    hint: didYouMean(column, names) ?? `Its columns: ${names.join(', ')}.`,
  })
}

function printFields(asset: string, { columns, isComplete, reason, rows }: AssetFields): void {
  if (columns.length > 0)
    console.log(
      textTable(
        [{ name: 'column' }, { name: 'how' }, { name: 'made of' }, { name: 'by' }],
        columns.map(({ name, use, inputs, expression, unknown }) => [
          name,
          unknown === undefined ? use : 'unknown',
          unknown ?? inputs.map((input) => `${input.asset}.${input.column}`).join(', '),
          expression === name ? '' : expression.replace(/\s+/g, ' '),
        ]),
        { width: terminalWidth() },
      ),
    )
  const deciding = [...new Set(rows.map((row) => `${row.asset}.${row.column} (${row.use})`))]
  if (deciding.length > 0) console.log(`\nIts rows depend on ${deciding.join(', ')}.`)
  if (!isComplete)
    console.log(
      `${columns.length > 0 ? '\n' : ''}The columns of ${asset} are not fully known: ${reason ?? 'nobody declared them'}.`,
    )
}

function printTrace(asset: string, column: string, trace: AssetFieldTrace, direction: TraceDirection): void {
  const tree: FieldTree = fieldTree({ asset, column }, trace)
  const [field] = [`${asset}.${column}`]
  if (direction !== 'down') {
    console.log(`${field} is made of`)
    console.log(tree.up.length > 0 ? tree.up.join('\n') : '  nothing else')
  }
  if (direction === 'both') console.log('')
  if (direction !== 'up') {
    console.log(`${direction === 'both' ? 'and read by' : `${field} is read by`}`)
    console.log(tree.down.length > 0 ? tree.down.join('\n') : '  nothing')
  }
}
