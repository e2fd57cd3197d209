import { ActionIcon, Button, PasswordInput, Select, Stack, Text, TextInput, Tooltip } from '@mantine/core'
import { IconDice, IconPlus, IconTrash } from '@tabler/icons-react'
import { useEffect, useRef, useState } from 'react'
import type { DiscoveredDraftStream, MapperView } from '../../../../src/server/contract/index.js'
import { CommandLine } from '../../design/command-line.js'
import { ConditionEditor } from './condition-editor.js'
import { shownCondition, writtenCondition } from './conditions.js'
import { FieldInput } from './field-input.js'
import type { StreamProblem } from './made.js'
import { hashMethods, isKey, type MapperType, mapperOf, mapperTypes, newKey } from './mappers.js'
import classes from './new-connection.module.css'

/** What becomes of values, names and rows on their way, one line each. */
export function MapperList({
  stream,
  mappers,
  problem,
  onChange,
}: {
  stream: DiscoveredDraftStream
  mappers: readonly MapperView[]
  problem: StreamProblem | undefined
  onChange: (mappers: readonly MapperView[]) => void
}) {
  // A new one is what somebody writes next.
  const [added, setAdded] = useState<number>()
  return (
    <Stack gap="sm">
      {mappers.length === 0 && (
        <Text size="sm" c="dimmed">
          Values, names and rows are loaded as they are.
        </Text>
      )}
      {mappers.map((mapper, i) => (
        <Mapper
          // biome-ignore lint/suspicious/noArrayIndexKey: a mapper has no other identity than its place
          key={i}
          label={`Mapper ${i + 1} of ${stream.name}`}
          stream={stream}
          mapper={mapper}
          isNew={added === i}
          problem={problem?.index === i ? problem : undefined}
          onChange={(next) => onChange(mappers.map((one, j) => (j === i ? next : one)))}
          onRemove={() => onChange(mappers.filter((_, j) => j !== i))}
        />
      ))}
      <Button
        variant="default"
        size="compact-sm"
        className={classes.more}
        leftSection={<IconPlus size={14} aria-hidden />}
        onClick={() => {
          setAdded(mappers.length)
          onChange([...mappers, mapperOf('hashing')])
        }}
      >
        Add a mapper
      </Button>
    </Stack>
  )
}

interface MapperProps {
  readonly label: string
  readonly stream: DiscoveredDraftStream
  readonly mapper: MapperView
  readonly isNew: boolean
  readonly problem: StreamProblem | undefined
  readonly onChange: (mapper: MapperView) => void
  readonly onRemove: () => void
}

function Mapper({ label, stream, mapper, isNew, problem, onChange, onRemove }: MapperProps) {
  const first = useRef<HTMLInputElement>(null)
  useEffect(() => {
    if (isNew) first.current?.focus()
  }, [isNew])
  const error = problem && [problem.error.message, problem.error.hint].filter(Boolean).join(' ')
  return (
    <fieldset className={classes.mapper} aria-label={label} data-wrong={problem !== undefined || undefined}>
      <div className={classes.mapperLine}>
        <Select
          size="xs"
          ref={first}
          aria-label="Type"
          allowDeselect={false}
          data={[...mapperTypes]}
          value={mapper.type}
          onChange={(type) => type !== null && type !== mapper.type && onChange(mapperOf(type as MapperType, mapper))}
        />
        {mapper.type !== 'row-filtering' && (
          <FieldInput
            label="Field"
            fields={stream.fields}
            value={mapper.field}
            onChange={(field) => onChange({ ...mapper, field })}
          />
        )}
        <Parameter mapper={mapper} onChange={onChange} />
        <ActionIcon variant="subtle" color="gray" aria-label={`Remove: ${label}`} onClick={onRemove}>
          <IconTrash size={15} aria-hidden />
        </ActionIcon>
      </div>
      {mapper.type === 'row-filtering' && (
        <ConditionEditor
          fields={stream.fields}
          condition={shownCondition(mapper.where)}
          onChange={(where) => onChange({ ...mapper, where: writtenCondition(where) })}
        />
      )}
      {error && (
        <Text size="sm" c="var(--status-bad)" role="alert">
          {error}
        </Text>
      )}
    </fieldset>
  )
}

function Parameter({ mapper, onChange }: Pick<MapperProps, 'mapper' | 'onChange'>) {
  switch (mapper.type) {
    case 'hashing':
      return (
        <Select
          size="xs"
          aria-label="Method"
          allowDeselect={false}
          data={[...hashMethods]}
          value={mapper.method}
          onChange={(method) =>
            onChange({ ...mapper, method: hashMethods.find((one) => one === method) ?? mapper.method })
          }
        />
      )
    case 'encryption':
      return <Key value={mapper.key} onChange={(key) => onChange({ ...mapper, key })} />
    case 'field-renaming':
      return (
        <TextInput
          size="xs"
          aria-label="New name"
          placeholder="New name"
          autoComplete="off"
          spellCheck={false}
          error={mapper.to.trim() === '' ? 'Which name?' : undefined}
          value={mapper.to}
          onChange={(event) => onChange({ ...mapper, to: event.currentTarget.value })}
        />
      )
    case 'field-filtering':
    case 'row-filtering':
      return (
        <Text
          size="sm"
          c="dimmed"
          className={classes.mapperNote}
          data-wide={mapper.type === 'row-filtering' || undefined}
        >
          {mapper.type === 'field-filtering' ? 'is not loaded' : 'Only rows that fit are loaded.'}
        </Text>
      )
  }
}

/** A key is shown once, to be kept somewhere: it is written nowhere. */
function Key({ value, onChange }: { value: string; onChange: (key: string) => void }) {
  const [made, setMade] = useState<string>()
  return (
    <div className={classes.key}>
      <PasswordInput
        size="xs"
        aria-label="Key"
        placeholder="64 hex digits, base64 or ${NAME}"
        autoComplete="new-password"
        error={isKey(value) ? undefined : value === '' ? 'Which key?' : 'No key of 32 bytes, and no ${NAME}.'}
        value={value}
        onChange={(event) => onChange(event.currentTarget.value.trim())}
      />
      <Tooltip label="Make a new key">
        <ActionIcon
          variant="default"
          aria-label="Make a new key"
          onClick={() => {
            const key = newKey()
            setMade(key)
            onChange(key)
          }}
        >
          <IconDice size={15} aria-hidden />
        </ActionIcon>
      </Tooltip>
      {made !== undefined && made === value && (
        <Text size="xs" c="dimmed" component="div" className={classes.madeKey}>
          Keep it: no file holds it, and nobody can read the values without it. <CommandLine>{made}</CommandLine>
        </Text>
      )}
    </div>
  )
}
