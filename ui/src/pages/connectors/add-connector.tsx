import { Button, FileButton, Group, Modal, SegmentedControl, Skeleton, Stack, Text, TextInput } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { lazy, type ReactNode, Suspense, useState } from 'react'
import type {
  AddConnector,
  AddedConnectorView,
  ApiError,
  ManifestChoicesView,
} from '../../../../src/server/contract/index.js'
import { post } from '../../api/client.js'
import type { CodeProblem } from '../../design/code/code-editor.js'
import { asApiError, ErrorBox, problemsIn } from '../../design/states.js'
import { StarterFields, usualChoices } from './starter-fields.js'

const CodeEditor = lazy(async () => ({ default: (await import('../../design/code/code-editor.js')).CodeEditor }))

export type WayToAdd = 'address' | 'text' | 'start'

/** Brings a manifest into the project. Which way is in the address of the page, so that others can be led there. */
export function AddConnectorDialog({ way }: { way: WayToAdd | undefined }) {
  const navigate = useNavigate()
  const go = (add: WayToAdd | undefined) => void navigate({ to: '/connectors', search: add ? { add } : {} })
  const [typed, setTyped] = useState(nothingTyped)
  const kept = { typed, onTyped: (part: Partial<Typed>) => setTyped((before) => ({ ...before, ...part })) }
  return (
    <Modal opened={way !== undefined} onClose={() => go(undefined)} title="Add a connector" size={720}>
      <Stack gap="md">
        <Text size="sm" c="dimmed">
          A manifest of Airbyte, read here without Python. It becomes a folder of the project, and is checked before
          anything is written.
        </Text>
        <SegmentedControl
          aria-label="Where the manifest comes from"
          value={way ?? 'address'}
          onChange={(value) => go(value as WayToAdd)}
          data={[
            { value: 'address', label: 'Address or package' },
            { value: 'text', label: 'Its YAML' },
            { value: 'start', label: 'A new one' },
          ]}
        />
        {way === 'address' && <FromAddress {...kept} />}
        {way === 'text' && <FromText {...kept} />}
        {way === 'start' && <New {...kept} />}
      </Stack>
    </Modal>
  )
}

/** What was typed is there again where somebody looked at another way. */
interface Typed {
  readonly from: string
  readonly yaml: string
  readonly choices: ManifestChoicesView
  readonly name: string
}
const nothingTyped: Typed = { from: '', yaml: '', choices: usualChoices, name: '' }
interface WayProps {
  readonly typed: Typed
  readonly onTyped: (part: Partial<Typed>) => void
}

function FromAddress({ typed, onTyped }: WayProps) {
  const { from } = typed
  return (
    <AddForm
      typed={typed}
      onTyped={onTyped}
      needsName={false}
      canAdd={from.trim() !== ''}
      requestOf={() => ({ from: from.trim() })}
      opens="connector"
    >
      <TextInput
        size="sm"
        label="Address, or name of a catalog or package"
        description="It is fetched this once, and may not ask for addresses inside a private network unless a connection allows it."
        placeholder="airbyte:source-pokeapi, https://…/manifest.yaml, or npm:@example/source-shop@1.2.0"
        withAsterisk
        spellCheck={false}
        autoComplete="off"
        value={from}
        onChange={(event) => onTyped({ from: event.currentTarget.value })}
      />
    </AddForm>
  )
}

function FromText({ typed, onTyped }: WayProps) {
  const { yaml } = typed
  const [problems, setProblems] = useState<readonly CodeProblem[]>([])
  const setYaml = (text: string) => {
    onTyped({ yaml: text })
    // Of the text before.
    setProblems([])
  }
  return (
    <AddForm
      typed={typed}
      onTyped={onTyped}
      needsName
      canAdd={yaml.trim() !== ''}
      requestOf={() => ({ from: { yaml } })}
      opens="connector"
      onRefused={(error) => setProblems(placedProblems(error))}
    >
      <Stack gap={6}>
        <Group justify="space-between">
          <Text size="sm" fw={500}>
            Manifest
          </Text>
          <FileButton
            accept=".yaml,.yml,application/yaml,text/yaml"
            onChange={(file) => void file?.text().then((text) => setYaml(text.replace(/\r\n?/g, '\n')))}
          >
            {(props) => (
              <Button variant="default" size="compact-sm" {...props}>
                Choose a file
              </Button>
            )}
          </FileButton>
        </Group>
        <Suspense fallback={<Skeleton height={240} />}>
          <CodeEditor
            label="The manifest's YAML"
            language="yaml"
            value={yaml}
            onChange={setYaml}
            minHeight={240}
            maxHeight="40vh"
            problems={problems}
          />
        </Suspense>
        <Text size="xs" c="dimmed">
          Whoever wrote it: it may not ask for addresses inside a private network unless a connection allows it.
        </Text>
      </Stack>
    </AddForm>
  )
}

/** Where to look, and what for. */
function placedProblems(error: ApiError): CodeProblem[] {
  const placed = problemsIn(error).flatMap(({ line, column, message }) =>
    line === undefined ? [] : [{ line, column, message }],
  )
  const { at, message } = error
  return placed.length > 0 || at?.line === undefined ? placed : [{ line: at.line, column: at.column, message }]
}

function New({ typed, onTyped }: WayProps) {
  const { choices } = typed
  const hasCursor = choices.pagination !== 'cursor' || (choices.cursorPath ?? []).length > 0
  return (
    <AddForm
      typed={typed}
      onTyped={onTyped}
      needsName
      canAdd={choices.url.trim() !== '' && choices.stream.trim() !== '' && hasCursor}
      requestOf={() => ({ from: { choices } })}
      opens="builder"
    >
      <StarterFields value={choices} onChange={(next) => onTyped({ choices: next })} />
    </AddForm>
  )
}

function AddForm({
  typed: { name },
  onTyped,
  needsName,
  canAdd,
  requestOf,
  opens,
  onRefused,
  children,
}: WayProps & {
  needsName: boolean
  canAdd: boolean
  requestOf: () => Pick<AddConnector, 'from'>
  /** What is looked at next. */
  opens: 'connector' | 'builder'
  onRefused?: (error: ApiError) => void
  children: ReactNode
}) {
  const navigate = useNavigate()
  const client = useQueryClient()
  const add = useMutation({
    mutationFn: () =>
      post<AddedConnectorView>('/connectors', { ...requestOf(), ...(name.trim() === '' ? {} : { name: name.trim() }) }),
    onSuccess: async (added) => {
      await client.invalidateQueries({ queryKey: ['connectors'] })
      const to = opens === 'builder' ? '/connectors/$name/edit' : '/connectors/$name'
      await navigate({ to, params: { name: added.name }, search: {} })
    },
    onError: (error) => onRefused?.(asApiError(error)),
  })
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        add.mutate()
      }}
    >
      <Stack gap="md">
        {children}
        <TextInput
          size="sm"
          label="Name of the connector"
          description={`Small letters, digits, - and _. Connections name it so${needsName ? '' : '; told by where it comes from when left out'}.`}
          withAsterisk={needsName}
          spellCheck={false}
          autoComplete="off"
          value={name}
          onChange={(event) => onTyped({ name: event.currentTarget.value })}
        />
        {add.error && !add.isPending && <ErrorBox error={asApiError(add.error)} />}
        <Group justify="flex-end">
          <Button type="submit" loading={add.isPending} disabled={!canAdd || (needsName && name.trim() === '')}>
            Add connector
          </Button>
        </Group>
      </Stack>
    </form>
  )
}
