import { Anchor, Group, Text, TextInput } from '@mantine/core'
import { useState } from 'react'
import type { AssetPartitions } from '../../../../../src/server/contract/index.js'
import { Section } from '../../../design/page.js'
import { count, plural } from '../../../design/text/time.js'
import type { Choice } from './choice.js'
import { statuses, statusWords } from './statuses.js'

/** Several partitions that were chosen: how they stand, and the way to each of them, which tells when and by which run it was made. */
export function PartitionRange({
  range,
  partitions: { stretches },
  onChoose,
}: {
  range: string
  partitions: AssetPartitions
  onChoose: (choice: Choice) => void
}) {
  const [key, setKey] = useState('')
  const from = stretches.findIndex(({ first }) => range.startsWith(`${first}...`))
  const to = stretches.findLastIndex(({ last }) => range.endsWith(`...${last}`))
  const chosen = from >= 0 && to >= from ? stretches.slice(from, to + 1) : []
  const [first, last] = [chosen[0]?.first, chosen.at(-1)?.last]
  // An address that somebody wrote may name other ends.
  if (first === undefined || last === undefined) return null
  const sum = (all: typeof chosen) => all.reduce((total, stretch) => total + stretch.count, 0)
  const counts = statuses.flatMap((status) => {
    const number = sum(chosen.filter((stretch) => stretch.status === status))
    return number > 0 ? [`${count(number)} ${statusWords[status]}`] : []
  })
  const choose = (one: string) => onChoose({ text: one, key: one })
  return (
    <Section title={range}>
      <Group gap="md">
        <Text size="sm">
          {plural(sum(chosen), 'partition')}: {counts.join(', ')}
        </Text>
        {[first, last].map((one, i) => (
          <Text key={one} size="sm">
            {i === 0 ? 'first' : 'last'}{' '}
            <Anchor component="button" type="button" size="sm" onClick={() => choose(one)}>
              {one}
            </Anchor>
          </Text>
        ))}
        <TextInput
          size="xs"
          aria-label="One of them"
          placeholder="one of them, Enter"
          value={key}
          onChange={(event) => setKey(event.currentTarget.value)}
          onKeyDown={(event) => event.key === 'Enter' && key.trim() !== '' && choose(key.trim())}
        />
      </Group>
    </Section>
  )
}
