import { Button, Group, Select, TextInput } from '@mantine/core'
import { cronsWords } from '../automation/cron-words.js'
import { cronsIn, type Made } from './made.js'
import classes from './new-connection.module.css'

const ownZone = Intl.DateTimeFormat().resolvedOptions().timeZone
const zones = [...new Set(['UTC', ownZone, ...Intl.supportedValuesOf('timeZone')])]
const usualCrons = [
  { label: 'By hand only', value: '' },
  { label: 'Every hour', value: '0 * * * *' },
  { label: 'Every day', value: '0 4 * * *' },
  { label: 'Every Monday', value: '0 4 * * 1' },
]

type Schedule = Made['schedule']

/** When to sync; by hand only when nothing is said. */
export function ScheduleFields({ schedule, onChange }: { schedule: Schedule; onChange: (schedule: Schedule) => void }) {
  const cron = schedule?.cron ?? ''
  const set = (next: string, timezone = schedule?.timezone ?? ownZone) =>
    onChange(next.trim() === '' ? undefined : { cron: next, timezone })
  const crons = cronsIn(cron)
  const words = crons.length === 0 ? undefined : cronsWords(crons)
  return (
    <div className={classes.form}>
      <div>
        <TextInput
          size="sm"
          label="Schedule"
          description="Minute, hour, day of month, month, day of week; of several, with ; between them, any is enough. By hand only when left out."
          placeholder="0 4 * * *"
          value={cron}
          onChange={(event) => set(event.currentTarget.value)}
        />
        <Group gap={4} mt={4}>
          {usualCrons.map((one) => (
            <Button
              key={one.value}
              size="compact-xs"
              variant={one.value === cron ? 'light' : 'subtle'}
              aria-pressed={one.value === cron}
              onClick={() => set(one.value)}
            >
              {one.label}
            </Button>
          ))}
        </Group>
      </div>
      <Select
        size="sm"
        label="Time zone"
        description={words === undefined ? 'Of the schedule.' : `It runs ${words}, by this zone.`}
        searchable
        allowDeselect={false}
        disabled={cron === ''}
        data={zones}
        value={schedule?.timezone ?? ownZone}
        onChange={(zone) => zone !== null && set(cron, zone)}
      />
    </div>
  )
}
