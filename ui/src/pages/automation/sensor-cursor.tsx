import { Code, Group, JsonInput, Text } from '@mantine/core'
import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import type { AutomationView } from '../../../../src/server/contract/index.js'
import { put, remove, segment } from '../../api/client.js'
import { useMay } from '../../api/session.js'
import { ConfirmButton } from '../../design/confirm-button.js'
import classes from './automation.module.css'

/** More of a cursor is seen when it is changed. */
const shownLetters = 160

/** What a sensor answered last, to be changed, or taken away so that it begins anew. */
export function SensorCursor({ automation: { name, cursor, monitored } }: { automation: AutomationView }) {
  const client = useQueryClient()
  const mayChange = useMay('editor')
  const text = JSON.stringify(cursor ?? null)
  const [edited, setEdited] = useState<string>()
  const path = `/automation/${segment(name)}/cursor`
  const changed = async () => {
    setEdited(undefined)
    await client.invalidateQueries({ queryKey: ['automation'] })
  }
  const shown = edited ?? JSON.stringify(cursor ?? null, null, 2)
  const has = cursor !== undefined && cursor !== null
  if (!has && !mayChange) return null
  return (
    <div className={classes.cursor}>
      <Text size="sm" c="dimmed" component="div" className={classes.cursorText}>
        {has ? (
          <>
            cursor <Code>{text.length > shownLetters ? `${text.slice(0, shownLetters)}…` : text}</Code>
          </>
        ) : (
          'no cursor yet'
        )}
      </Text>
      {mayChange && (
        <Group gap="xs" wrap="nowrap">
          <ConfirmButton
            size="compact-sm"
            label="Edit cursor"
            title={`Edit the cursor of ${name}?`}
            confirm="Save cursor"
            canConfirm={isJson(shown)}
            onConfirm={async () => {
              await put(path, { cursor: JSON.parse(shown) })
              await changed()
            }}
          >
            <Text size="sm">Its next tick gets this instead of what it answered last.</Text>
            <JsonInput
              label="Cursor"
              description="JSON"
              autosize
              minRows={3}
              maxRows={16}
              value={shown}
              onChange={setEdited}
              error={isJson(shown) ? undefined : 'This is not JSON'}
            />
          </ConfirmButton>
          {(has || monitored !== undefined) && (
            <ConfirmButton
              size="compact-sm"
              label="Reset"
              title={`Reset ${name}?`}
              confirm="Reset cursor"
              isDangerous
              onConfirm={async () => {
                await remove(path)
                await changed()
              }}
            >
              <Text size="sm">
                {has && 'Its cursor is taken away: the next tick is like its first one. '}
                {monitored !== undefined &&
                  'It is told of what happens from now on; what it was not told yet is passed over. '}
                Runs with a key that there were already do not start again.
              </Text>
            </ConfirmButton>
          )}
        </Group>
      )}
    </div>
  )
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}
