import { ActionIcon, Button, Group, Select, TextInput } from '@mantine/core'
import { IconPlus, IconTrash } from '@tabler/icons-react'
import type { DiscoveredDraftStream } from '../../../../src/server/contract/index.js'
import { type GroupWay, groupWays, newTest, type ShownCondition, valueFor } from './conditions.js'
import { FieldInput } from './field-input.js'
import { lacksValue } from './mappers.js'
import classes from './new-connection.module.css'

interface ConditionProps {
  readonly fields: DiscoveredDraftStream['fields']
  readonly condition: ShownCondition
  readonly onChange: (condition: ShownCondition) => void
}

type TestProps = ConditionProps & { readonly condition: Extract<ShownCondition, { kind: 'test' }> }
type GroupProps = ConditionProps & { readonly condition: Extract<ShownCondition, { kind: 'group' }> }

/** Which rows are loaded: a test of one field, or several of them, within each other where needed. */
export function ConditionEditor({ fields, condition, onChange }: ConditionProps) {
  if (condition.kind === 'group') return <ConditionGroup fields={fields} condition={condition} onChange={onChange} />
  return (
    <div className={classes.condition}>
      <Test fields={fields} condition={condition} onChange={onChange} />
      <Button
        variant="subtle"
        size="compact-sm"
        className={classes.more}
        leftSection={<IconPlus size={14} aria-hidden />}
        onClick={() => onChange({ kind: 'group', way: 'and', parts: [condition, newTest] })}
      >
        And another condition
      </Button>
    </div>
  )
}

const deepest = 3

function ConditionGroup({ fields, condition, onChange, depth = 0 }: GroupProps & { depth?: number }) {
  const { way, parts } = condition
  const set = (next: readonly ShownCondition[]) => onChange({ ...condition, parts: next })
  const replace = (at: number, part: ShownCondition) => set(parts.map((one, i) => (i === at ? part : one)))
  return (
    <fieldset className={classes.condition} aria-label="Conditions">
      <Select
        size="xs"
        w={128}
        aria-label="Which of the conditions hold"
        allowDeselect={false}
        data={[...groupWays]}
        value={way}
        onChange={(value) => value !== null && onChange({ ...condition, way: value as GroupWay })}
      />
      <div className={classes.conditionParts}>
        {parts.map((part, i) => (
          <Group
            // biome-ignore lint/suspicious/noArrayIndexKey: a condition has no other identity than its place
            key={i}
            gap={4}
            wrap="nowrap"
            align="flex-start"
          >
            <div className={classes.conditionPart}>
              {part.kind === 'group' ? (
                <ConditionGroup
                  fields={fields}
                  condition={part}
                  depth={depth + 1}
                  onChange={(next) => replace(i, next)}
                />
              ) : (
                <Test fields={fields} condition={part} onChange={(next) => replace(i, next)} />
              )}
            </div>
            <ActionIcon
              variant="subtle"
              color="gray"
              aria-label={`Remove condition ${i + 1}`}
              onClick={() => {
                const rest = parts.filter((_, j) => j !== i)
                const [only] = rest
                // One that stands alone needs no group, unless the group says no.
                if (rest.length === 1 && only && !way.startsWith('not')) onChange(only)
                else set(rest.length > 0 ? rest : [newTest])
              }}
            >
              <IconTrash size={15} aria-hidden />
            </ActionIcon>
          </Group>
        ))}
        <Group gap={4}>
          <Button
            variant="subtle"
            size="compact-sm"
            leftSection={<IconPlus size={14} aria-hidden />}
            onClick={() => set([...parts, newTest])}
          >
            Condition
          </Button>
          {depth < deepest && (
            <Button
              variant="subtle"
              size="compact-sm"
              leftSection={<IconPlus size={14} aria-hidden />}
              onClick={() => set([...parts, { kind: 'group', way: 'or', parts: [newTest, newTest] }])}
            >
              Group
            </Button>
          )}
        </Group>
      </div>
    </fieldset>
  )
}

const tests = [
  { value: 'is', label: 'is' },
  { value: 'is not', label: 'is not' },
  { value: 'is empty', label: 'is empty' },
  { value: 'is not empty', label: 'is not empty' },
]

function Test({ fields, condition, onChange }: TestProps) {
  const { field, isNot, equal } = condition
  const type = fields.find(({ path }) => path === field)?.type ?? ''
  const typed = equal === null ? '' : String(equal)
  const word = `is${isNot ? ' not' : ''}${equal === null ? ' empty' : ''}`
  return (
    <div className={classes.test}>
      <FieldInput
        label="Field of the condition"
        fields={fields}
        value={field}
        onChange={(next) => {
          const nextType = fields.find(({ path }) => path === next)?.type ?? ''
          onChange({ ...condition, field: next, equal: equal === null ? null : valueFor(nextType, typed) })
        }}
      />
      <Select
        size="xs"
        w={112}
        aria-label="How it is compared"
        allowDeselect={false}
        data={tests}
        value={word}
        onChange={(next) =>
          onChange({
            ...condition,
            isNot: next?.startsWith('is not') === true,
            equal: next?.endsWith('empty') ? null : valueFor(type, typed),
          })
        }
      />
      {equal !== null &&
        (/^boolean/.test(type) ? (
          <Select
            size="xs"
            aria-label="Value"
            allowDeselect={false}
            data={['true', 'false']}
            value={String(equal === true)}
            onChange={(next) => onChange({ ...condition, equal: next === 'true' })}
          />
        ) : (
          <TextInput
            size="xs"
            aria-label="Value"
            placeholder="Value"
            error={lacksValue(condition, fields) ? 'Which value?' : undefined}
            autoComplete="off"
            spellCheck={false}
            value={typed}
            onChange={(event) => onChange({ ...condition, equal: valueFor(type, event.currentTarget.value) })}
          />
        ))}
    </div>
  )
}
