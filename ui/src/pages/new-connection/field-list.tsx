import { Button, Checkbox, Code, Group, Stack, Text, TextInput } from '@mantine/core'
import { IconSearch } from '@tabler/icons-react'
import { useState } from 'react'
import type { ConfiguredStreamView, DiscoveredDraftStream } from '../../../../src/server/contract/index.js'
import { isFieldLoaded, isFieldNeeded, withFields } from './fields.js'
import { mappedWords } from './mappers.js'
import classes from './new-connection.module.css'

const searchedFrom = 12

/** Which fields are loaded, with their types and what each could serve as. */
export function FieldList({
  stream,
  chosen,
  onChange,
}: {
  stream: DiscoveredDraftStream
  chosen: ConfiguredStreamView | undefined
  onChange: (next: ConfiguredStreamView) => void
}) {
  const [sought, setSought] = useState('')
  const found = stream.fields.filter(({ path }) => path.toLowerCase().includes(sought.trim().toLowerCase()))
  if (stream.fields.length === 0)
    return (
      <Text size="sm" c="dimmed">
        The source does not say which fields there are: all are loaded.
      </Text>
    )
  const set = (isOn: boolean) =>
    chosen &&
    onChange(
      withFields(
        stream,
        chosen,
        found.map(({ path }) => path),
        isOn,
      ),
    )
  return (
    <Stack gap="xs">
      {stream.fields.length > searchedFrom && (
        <Group gap="xs">
          <TextInput
            size="xs"
            aria-label={`Search the fields of ${stream.name}`}
            placeholder="Search"
            leftSection={<IconSearch size={14} aria-hidden />}
            value={sought}
            onChange={(event) => setSought(event.currentTarget.value)}
          />
          {chosen && (
            <>
              <Button variant="subtle" size="compact-sm" onClick={() => set(true)}>
                {sought === '' ? 'All' : 'All found'}
              </Button>
              <Button variant="subtle" size="compact-sm" onClick={() => set(false)}>
                Only those needed
              </Button>
            </>
          )}
        </Group>
      )}
      <div className={classes.fields}>
        {found.map(({ path, type }) => (
          <div key={path} className={classes.field}>
            {chosen && (
              <Checkbox
                size="xs"
                aria-label={`Load ${path} of ${stream.name}`}
                checked={isFieldLoaded(chosen, path)}
                disabled={isFieldNeeded(chosen, path)}
                onChange={(event) => onChange(withFields(stream, chosen, [path], event.currentTarget.checked))}
              />
            )}
            <Code>{path}</Code>{' '}
            <Text span size="xs" c="dimmed">
              {[type || 'anything', ...servesAs(stream, chosen, path), ...mappedWords(chosen?.mappers, path)].join(
                ' · ',
              )}
            </Text>
          </div>
        ))}
      </div>
    </Stack>
  )
}

/** As which a field serves, or could. */
function servesAs(stream: DiscoveredDraftStream, chosen: ConfiguredStreamView | undefined, path: string): string[] {
  const isKey = chosen?.primaryKey?.some((one) => one.join('.') === path)
  const isCursor = chosen?.cursorField?.join('.') === path
  return [
    isKey ? 'primary key' : stream.keyCandidates.includes(path) && 'could be the key',
    isCursor ? 'cursor' : stream.cursorCandidates.includes(path) && 'could be the cursor',
  ].filter((word) => typeof word === 'string')
}
