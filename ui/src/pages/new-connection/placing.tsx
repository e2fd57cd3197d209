import { Radio, Stack, Text, TextInput } from '@mantine/core'
import type { DiscoveredDraft } from '../../../../src/server/contract/index.js'
import { type DestinationValue, namespaceWord, type Placing as PlacingWay } from './made.js'

/** In which schema the tables are: one for all, that of the source, or one that is called after it. */
export function Placing({
  value,
  found,
  isMissing,
  onChange,
}: {
  value: DestinationValue
  found: {
    readonly hasNamespaces: boolean
    readonly streams: readonly Pick<DiscoveredDraft['streams'][number], 'namespace'>[]
  }
  isMissing: boolean
  onChange: (change: Partial<DestinationValue>) => void
}) {
  const { placing, schema, custom } = value
  const common = {
    size: 'sm',
    maw: 320,
    autoComplete: 'off',
    spellCheck: false,
    error: isMissing ? 'Needed' : undefined,
  } as const
  const namespaces = [...new Set(found.streams.map((stream) => stream.namespace))].filter(Boolean)
  return (
    <Radio.Group
      size="sm"
      label="Schema of the tables"
      description="It is made when it does not exist."
      value={placing}
      onChange={(way) => onChange({ placing: way as PlacingWay })}
    >
      <Stack gap="xs" mt="xs">
        <Radio size="sm" value="default" label="One for all" />
        {placing === 'default' && (
          <TextInput
            {...common}
            ml={32}
            aria-label="Schema"
            value={schema}
            onChange={(event) => onChange({ schema: event.currentTarget.value })}
          />
        )}
        <Radio
          size="sm"
          value="mirror"
          disabled={!found.hasNamespaces}
          label="As in the source"
          description={
            found.hasNamespaces
              ? namespaces.slice(0, 3).join(', ')
              : 'This source has no schemas, or tells them only while it is read.'
          }
        />
        <Radio size="sm" value="custom" disabled={!found.hasNamespaces} label="Custom" />
        {placing === 'custom' && (
          <TextInput
            {...common}
            ml={32}
            aria-label="Custom schema"
            description={
              <Text span inherit>
                <code>{namespaceWord}</code> is the schema, or the database, of the source.
              </Text>
            }
            value={custom}
            onChange={(event) => onChange({ custom: event.currentTarget.value })}
          />
        )}
      </Stack>
    </Radio.Group>
  )
}
