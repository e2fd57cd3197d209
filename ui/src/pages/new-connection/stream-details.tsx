import { Tabs, Text, TextInput } from '@mantine/core'
import { IconAlertCircle } from '@tabler/icons-react'
import { useState } from 'react'
import type { ConfiguredStreamView } from '../../../../src/server/contract/index.js'
import { StreamPreview } from '../../design/connections/stream-preview.js'
import { DataTable } from '../../design/tables/data-table.js'
import { FieldList } from './field-list.js'
import { withNeeded } from './fields.js'
import { MapperList } from './mapper-list.js'
import classes from './new-connection.module.css'
import type { StreamProps } from './stream-row.js'

/** All that can be said of one stream besides its modes, and what its rows look like. */
export function StreamDetails(props: StreamProps & { chosen: ConfiguredStreamView | undefined }) {
  const { stream, chosen, problem } = props
  const [tab, setTab] = useState<string | null>(problem?.setting === 'mappers' ? 'mappers' : 'fields')
  const isWrong = problem?.setting === 'mappers'
  const { name } = stream
  const mappers = chosen?.mappers?.length ?? 0
  return (
    <div className={classes.details}>
      <Tabs value={tab} onChange={setTab} keepMounted={false}>
        <Tabs.List aria-label={`Details of ${name}`}>
          <Tabs.Tab value="fields">Fields</Tabs.Tab>
          {chosen && (
            <Tabs.Tab
              value="mappers"
              rightSection={isWrong && <IconAlertCircle size={14} color="var(--status-bad)" aria-label="wrong" />}
            >
              {mappers > 0 ? `Mappers (${mappers})` : 'Mappers'}
            </Tabs.Tab>
          )}
          {chosen && <Tabs.Tab value="table">{props.destination.isWarehouse ? 'Table' : 'Folder'}</Tabs.Tab>}
          <Tabs.Tab value="preview">Preview</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="fields" pt="sm">
          <FieldList stream={stream} chosen={chosen} onChange={props.onChange} />
        </Tabs.Panel>
        {chosen && (
          <Tabs.Panel value="mappers" pt="sm">
            <MapperList
              stream={stream}
              mappers={chosen.mappers ?? []}
              problem={isWrong ? problem : undefined}
              onChange={(next) => {
                const { mappers: _, ...others } = chosen
                props.onChange(next.length > 0 ? withNeeded({ ...others, mappers: [...next] }) : others)
              }}
            />
          </Tabs.Panel>
        )}
        {chosen && (
          <Tabs.Panel value="table" pt="sm">
            <Table {...props} chosen={chosen} />
          </Tabs.Panel>
        )}
        <Tabs.Panel value="preview" pt="sm">
          <Preview {...props} />
        </Tabs.Panel>
      </Tabs>
    </div>
  )
}

function Table({
  stream,
  chosen,
  destination,
  place,
  problem,
  onChange,
}: StreamProps & { chosen: ConfiguredStreamView }) {
  const set = (setting: 'table' | 'schema', text: string) => {
    const { [setting]: _, ...others } = chosen
    onChange(text.trim() === '' ? others : { ...others, [setting]: text.trim() })
  }
  const common = { size: 'sm', autoComplete: 'off', spellCheck: false } as const
  const errorAt = (setting: string) => (problem?.setting === setting ? problem.error.message : undefined)
  return (
    <div className={classes.form}>
      <TextInput
        {...common}
        label={destination.isWarehouse ? 'Table' : 'Folder'}
        description="Its whole name, without the prefix."
        aria-label={`${destination.isWarehouse ? 'Table' : 'Folder'} of ${stream.name}`}
        placeholder={chosen.table === undefined ? usualTable(place, destination) : undefined}
        error={errorAt('table')}
        value={chosen.table ?? ''}
        onChange={(event) => set('table', event.currentTarget.value)}
      />
      {destination.isWarehouse && (
        <TextInput
          {...common}
          label="Schema"
          description="Where it is not that of the other tables."
          aria-label={`Schema of ${stream.name}`}
          placeholder={chosen.schema === undefined ? place?.split('.')[0] : undefined}
          error={errorAt('schema')}
          value={chosen.schema ?? ''}
          onChange={(event) => set('schema', event.currentTarget.value)}
        />
      )}
    </div>
  )
}

/** What the stream is called where it goes, as long as nobody says otherwise. */
const usualTable = (place: string | undefined, { isWarehouse }: StreamProps['destination']) =>
  isWarehouse ? place?.slice(place.indexOf('.') + 1) : place?.replace(/\/$/, '').split('/').at(-1)

function Preview({ stream: { name, sample, fields }, loadPreview }: StreamProps) {
  const kindOf = (name: string) =>
    /^(integer|number)/.test(fields.find((field) => field.path === name)?.type ?? '') ? 'decimal' : 'text'
  if (loadPreview) return <StreamPreview likeWhat="first" load={() => loadPreview(name)} />
  if (!sample || sample.rows.length === 0)
    return (
      <Text size="sm" c="dimmed">
        This source shows no rows before the first sync.
      </Text>
    )
  return (
    <DataTable
      table={{
        columns: sample.columns.map((name) => ({ name, type: '', kind: kindOf(name) })),
        rows: sample.rows,
        truncated: false,
        durationMs: 0,
      }}
    />
  )
}
