import { Code, Text } from '@mantine/core'
import type { ModelDetailView } from '../../../../src/server/contract/index.js'
import { DataGrid, type GridColumn } from '../../design/data-grid.js'
import { FieldLineage } from '../../design/field-lineage.js'
import { Section } from '../../design/page.js'

type Column = ModelDetailView['columns'][number]

/** Its columns: types, tests, words, what each is made of and who reads it. */
export function ModelColumns({ model }: { model: ModelDetailView }) {
  if (model.columns.length === 0)
    return (
      <Text size="sm" c="dimmed">
        Its columns are not known{model.columnsUnknown ? `: ${model.columnsUnknown}` : ''}.
      </Text>
    )
  return (
    <Section title={`Columns (${model.columns.length})`} isFlush>
      <DataGrid
        label={`Columns of ${model.name}`}
        columns={columnsOf(model)}
        rows={model.columns}
        rowKey={({ name }) => name}
        minWidth={640}
      />
      {model.columnsUnknown && (
        <Text size="xs" c="dimmed" p="sm">
          There may be more: {model.columnsUnknown}.
        </Text>
      )}
    </Section>
  )
}

function columnsOf(model: ModelDetailView): readonly GridColumn<Column>[] {
  const has = (test: (column: Column) => boolean) => model.columns.some(test)
  const columns: readonly (GridColumn<Column> | false)[] = [
    {
      key: 'name',
      title: 'Column',
      value: ({ name }) => name,
      canCopy: true,
      cell: ({ name, type }) => (
        <>
          <Code>{name}</Code>
          {type && (
            <Text size="xs" c="dimmed" ff="monospace" truncate maw={180} title={type}>
              {type}
            </Text>
          )}
        </>
      ),
    },
    has(({ description }) => description !== undefined) && {
      key: 'description',
      title: 'Description',
      isFlexible: true,
      cell: ({ description }) => description && <Text size="sm">{description}</Text>,
    },
    has(({ tests, constraints }) => tests.length + constraints.length > 0) && {
      key: 'tests',
      title: 'Tests',
      cell: ({ tests, constraints }) => (
        <>
          {tests.map(({ id, name }) => (
            <Text key={id} size="xs" title={name} style={{ whiteSpace: 'nowrap' }}>
              {kindOf(name, model.name)}
            </Text>
          ))}
          {constraints.map((constraint) => (
            <Text key={constraint} size="xs" c="dimmed" style={{ whiteSpace: 'nowrap' }}>
              constraint {constraint}
            </Text>
          ))}
        </>
      ),
    },
    has(({ lineage }) => lineage !== undefined) && {
      key: 'lineage',
      title: 'Lineage',
      width: 300,
      cell: ({ lineage }) => lineage && <FieldLineage field={lineage} asset={model.asset ?? ''} />,
    },
  ]
  return columns.filter((column) => column !== false)
}

/** `not_null` of `not_null_mart_x_day`. */
const kindOf = (test: string, model: string) =>
  test.includes(`_${model}`) ? test.slice(0, test.indexOf(`_${model}`)) : test
