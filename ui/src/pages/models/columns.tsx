import { Text } from '@mantine/core'
import type { AssetFieldsView, ModelDetailView } from '../../../../src/server/contract/index.js'
import { FieldLineage } from '../../design/field-lineage.js'
import { Section } from '../../design/page.js'
import { Lines } from '../../design/states.js'
import { ColumnName, testKind, useAssetFields } from '../../design/tables/column-cells.js'
import { DataGrid, type GridColumn } from '../../design/tables/data-grid.js'
import { Markdown } from '../../design/text/markdown-text.js'

type Column = ModelDetailView['columns'][number] & { readonly lineage?: AssetFieldsView['columns'][number] | undefined }

/** The columns that table and YAML have, with what each is made of; behind them what only the SQL tells of. */
function merged(model: ModelDetailView, fields: AssetFieldsView | undefined): readonly Column[] {
  const made = new Map(fields?.columns.map((field) => [field.name.toLowerCase(), field]))
  const known = new Set(model.columns.map(({ name }) => name.toLowerCase()))
  const rest = (fields?.columns ?? []).filter(({ name }) => !known.has(name.toLowerCase()))
  return [
    ...model.columns.map((column) => ({ ...column, lineage: made.get(column.name.toLowerCase()) })),
    ...rest.map((field) => ({ name: field.name, constraints: [], tests: [], lineage: field })),
  ]
}

/** Its columns: types, tests, words, what each is made of and who reads it. */
export function ModelColumns({ model }: { model: ModelDetailView }) {
  const fields = useAssetFields(model.asset)
  const columns = merged(model, fields.data)
  const missing = fields.data?.isComplete === false ? fields.data.reason : undefined
  if (columns.length === 0)
    return fields.isLoading ? (
      <Lines number={4} />
    ) : (
      <Text size="sm" c="dimmed">
        Its columns are not known{missing ? `: ${missing}` : ''}.
      </Text>
    )
  return (
    <Section title={`Columns (${columns.length})`} isFlush>
      <DataGrid
        label={`Columns of ${model.name}`}
        columns={columnsOf(model, columns)}
        rows={columns}
        rowKey={({ name }) => name}
        minWidth={640}
      />
      <Text size="xs" c="dimmed" p="sm" role="status">
        {fields.isLoading ? 'Reading what they are made of …' : missing ? `There may be more: ${missing}.` : ''}
      </Text>
    </Section>
  )
}

function columnsOf(model: ModelDetailView, all: readonly Column[]): readonly GridColumn<Column>[] {
  const has = (test: (column: Column) => boolean) => all.some(test)
  const columns: readonly (GridColumn<Column> | false)[] = [
    {
      key: 'name',
      title: 'Column',
      value: ({ name }) => name,
      canCopy: true,
      cell: ({ name, type }) => <ColumnName name={name} type={type} />,
    },
    has(({ description }) => description !== undefined) && {
      key: 'description',
      title: 'Description',
      isFlexible: true,
      cell: ({ description }) => description && <Markdown text={description} />,
    },
    has(({ tests, constraints }) => tests.length + constraints.length > 0) && {
      key: 'tests',
      title: 'Tests',
      cell: ({ tests, constraints }) => (
        <>
          {tests.map(({ id, name }) => (
            <Text key={id} size="xs" title={name} style={{ whiteSpace: 'nowrap' }}>
              {testKind(name, model.name)}
            </Text>
          ))}
          {constraints.map((constraint, i) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: two may say the same
            <Text key={i} size="xs" c="dimmed" style={{ overflowWrap: 'anywhere' }}>
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
