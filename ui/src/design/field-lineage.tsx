import { Text } from '@mantine/core'
import { IconArrowLeft, IconArrowRight } from '@tabler/icons-react'
import type { AssetFieldsView } from '../../../src/server/contract/index.js'
import classes from './field-lineage.module.css'
import { To } from './text/to.js'

type Field = AssetFieldsView['columns'][number]

const mostShown = 3
/** A name says no more than the columns beside it do. */
const isName = (expression: string) => /^[\w".]+$/.test(expression)

/** Of which columns one is made and by what, which columns elsewhere are made of it, and which assets' rows it decides over. */
export function FieldLineage({ field, asset }: { field: Field; asset: string }) {
  const { inputs, outputs, rows, expression, use, unknown, name } = field
  const readers = [...outputs, ...rows.map(({ asset, use }) => ({ asset, column: undefined, use }))]
  const more = readers.length - mostShown
  return (
    <div className={classes.field}>
      {unknown !== undefined && (
        <Text size="xs" c="dimmed">
          not known: {unknown}
        </Text>
      )}
      {inputs.length === 0 && use === 'aggregated' && (
        <Text size="xs" c="dimmed">
          a count of rows
        </Text>
      )}
      {inputs.map((input) => (
        <FieldLink key={`${input.asset}.${input.column}`} {...input} direction="from" />
      ))}
      {!isName(expression) && (
        <code className={classes.expression} title={expression}>
          {expression}
        </code>
      )}
      {readers.slice(0, mostShown).map((reader) => (
        <FieldLink key={`${reader.asset}.${reader.column ?? reader.use}`} {...reader} direction="to" />
      ))}
      {(inputs.length > 0 || readers.length > 0) && (
        <To
          to="/lineage"
          search={{ field: `${asset}.${name}` }}
          size="xs"
          aria-label={`${more > 0 ? `${more} more: follow it` : 'follow it'}: ${name}`}
        >
          {more > 0 ? `${more} more: follow it` : 'follow it'}
        </To>
      )}
    </div>
  )
}

/** Without a column: what it decides over are the asset's rows. */
function FieldLink(field: { asset: string; column: string | undefined; use: string; direction: 'from' | 'to' }) {
  const { asset, column, use, direction } = field
  const Icon = direction === 'from' ? IconArrowLeft : IconArrowRight
  const words = direction === 'from' ? 'made of' : 'read by'
  return (
    <span
      className={classes.line}
      title={
        column === undefined ? `decides over the rows of ${asset} (${use})` : `${words} ${asset}.${column} (${use})`
      }
    >
      <Icon size={12} className={classes.arrow} role="img" aria-label={words} />
      <span>
        <To to="/assets/$key" params={{ key: asset }} search={{}} size="xs" underline="always">
          {asset.slice(asset.indexOf('/') + 1)}
        </To>
        {column !== undefined && `.${column}`}
        {use !== 'copied' && <span className={classes.use}>{column === undefined ? `rows: ${use}` : use}</span>}
      </span>
    </span>
  )
}
