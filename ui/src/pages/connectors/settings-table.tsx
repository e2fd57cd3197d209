import { Badge, Table, Text } from '@mantine/core'
import { branchesOf, fixedValue, plainText, type SettingSchema, typesOf } from '../../design/forms/setting-schema.js'
import { Empty } from '../../design/states.js'
import { Markdown } from '../../design/text/markdown-text.js'
import classes from './connectors.module.css'

interface Row {
  /** As it is written in a connection's file. */
  readonly path: string
  readonly schema: SettingSchema
  readonly isRequired: boolean
  /** Of a choice: which one it belongs to. */
  readonly branch: string | undefined
}

/** Every setting of a connector, those within others and those of each choice too. */
export function SettingsTable({ spec }: { spec: SettingSchema }) {
  const rows = rowsOf(spec, '', undefined)
  if (rows.length === 0) return <Empty title="It takes no settings">Name it, and it works.</Empty>
  return (
    <Table.ScrollContainer minWidth={560}>
      <Table>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Setting</Table.Th>
            <Table.Th>Type</Table.Th>
            <Table.Th>What it is</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {rows.map((row) => (
            <Table.Tr key={`${row.branch} ${row.path}`}>
              <Table.Td className={classes.name}>
                <code>{row.path}</code>
                {row.branch !== undefined && (
                  <Text size="xs" c="dimmed">
                    of {row.branch}
                  </Text>
                )}
              </Table.Td>
              <Table.Td className={classes.type}>
                {typeWords(row.schema)}
                {row.isRequired && <Badge>required</Badge>}
                {row.schema.airbyte_secret === true && <Badge>secret</Badge>}
              </Table.Td>
              <Table.Td className={classes.words}>
                <Words schema={row.schema} />
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  )
}

function Words({ schema }: { schema: SettingSchema }) {
  const text = plainText(schema.description ?? schema.title ?? '')
  return (
    <>
      <Markdown text={text} />
      {schema.default !== undefined && (
        <Text size="sm" c="dimmed">
          {text !== '' && 'By default '}
          <code>{JSON.stringify(schema.default)}</code>
        </Text>
      )}
    </>
  )
}

const typeWords = (schema: SettingSchema): string => {
  if (schema.enum) return schema.enum.map(String).join(' | ')
  const types = typesOf(schema)
  return types.length === 0 ? (branchesOf(schema).length > 0 ? 'a choice' : 'any value') : types.join(' | ')
}

/** In their order; of a choice what each one asks for. */
function rowsOf(schema: SettingSchema, path: string, branch: string | undefined): Row[] {
  const own = Object.entries(schema.properties ?? {})
    .sort(([, a], [, b]) => (a.order ?? 1e6) - (b.order ?? 1e6))
    .flatMap(([name, one]): Row[] => {
      const at = path === '' ? name : `${path}.${name}`
      const isRequired = schema.required?.includes(name) ?? false
      const only = fixedValue(one)
      // What tells the choice is said with it.
      if (only !== undefined) return []
      const inner = one.items ? rowsOf(one.items, `${at}[]`, branch) : rowsOf(one, at, branch)
      return [{ path: at, schema: one, isRequired, branch }, ...inner]
    })
  const choices = branchesOf(schema).flatMap((one, i) =>
    one.properties ? rowsOf(one, path, one.title ?? `choice ${i + 1}`) : [],
  )
  return [...own, ...choices]
}
