import { Text } from '@mantine/core'
import { IconArrowLeft, IconArrowRight } from '@tabler/icons-react'
import type { AssetFieldsView } from '../../../src/server/contract/index.js'
import classes from './field-lineage.module.css'
import { To } from './to.js'

type Field = AssetFieldsView['columns'][number]

const mostShown = 3
/** A name says no more than the columns beside it do. */
const isName = (expression: string) => /^[\w".]+$/.test(expression)

/** Of which columns one is made and by what, and which columns elsewhere are made of it. */
export function FieldLineage({ field, asset }: { field: Field; asset: string }) {
  const { inputs, outputs, expression, use, unknown, name } = field
  const more = outputs.length - mostShown
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
      {outputs.slice(0, mostShown).map((output) => (
        <FieldLink key={`${output.asset}.${output.column}`} {...output} direction="to" />
      ))}
      {(inputs.length > 0 || outputs.length > 0) && (
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

function FieldLink(field: { asset: string; column: string; use: string; direction: 'from' | 'to' }) {
  const { asset, column, use, direction } = field
  const Icon = direction === 'from' ? IconArrowLeft : IconArrowRight
  const words = direction === 'from' ? 'made of' : 'read by'
  return (
    <span className={classes.line} title={`${words} ${asset}.${column} (${use})`}>
      <Icon size={12} className={classes.arrow} role="img" aria-label={words} />
      <span>
        <To to="/assets/$key" params={{ key: asset }} search={{}} size="xs" underline="always">
          {asset.slice(asset.indexOf('/') + 1)}
        </To>
        .{column}
        {use !== 'copied' && <span className={classes.use}>{use}</span>}
      </span>
    </span>
  )
}
