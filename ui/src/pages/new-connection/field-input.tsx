import { Select, TextInput } from '@mantine/core'
import type { DiscoveredDraftStream } from '../../../../src/server/contract/index.js'

/** One field of a stream: one of those that it has, or, where the source does not tell them, whatever is typed. */
export function FieldInput({
  label,
  fields,
  value,
  onChange,
}: {
  label: string
  fields: DiscoveredDraftStream['fields']
  value: string
  onChange: (field: string) => void
}) {
  const common = {
    size: 'xs',
    'aria-label': label,
    placeholder: 'Field',
    error: value === '' ? 'Which field?' : undefined,
  } as const
  if (fields.length === 0)
    return (
      <TextInput
        {...common}
        autoComplete="off"
        spellCheck={false}
        value={value}
        onChange={(event) => onChange(event.currentTarget.value.trim())}
      />
    )
  return (
    <Select
      {...common}
      searchable
      data={fields.map(({ path }) => path)}
      value={value === '' ? null : value}
      onChange={(field) => field !== null && onChange(field)}
    />
  )
}
