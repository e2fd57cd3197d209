import { Button, Group, Skeleton } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { IconDeviceFloppy } from '@tabler/icons-react'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useBlocker } from '@tanstack/react-router'
import { lazy, Suspense, useMemo, useState } from 'react'
import type { ApiError, ConnectorManifest } from '../../../../src/server/contract/index.js'
import { put, segment } from '../../api/client.js'
import type { CodeProblem } from '../../design/code/code-editor.js'
import { ConfirmDialog } from '../../design/confirm-button.js'
import { Page, Section } from '../../design/page.js'
import { asApiError, ErrorBox } from '../../design/states.js'
import { To } from '../../design/text/to.js'
import classes from './builder.module.css'
import { ChangedMeanwhile } from './changed-meanwhile.js'
import { Guard, Provenance } from './provenance.js'
import { Remarks, remarkTotal } from './remarks.js'
import { TestSide } from './test-side.js'
import { type Checked, useCheck } from './use-check.js'

const CodeEditor = lazy(async () => ({ default: (await import('../../design/code/code-editor.js')).CodeEditor }))

/** Editors know one kind of line end. */
const edited = (yaml: string) => yaml.replace(/\r\n?/g, '\n')

/** A manifest beside what it reads. What is typed stays on this page until it is saved. */
export function Builder({ name, found }: { name: string; found: ConnectorManifest }) {
  const client = useQueryClient()
  const [base, setBase] = useState(found)
  const [yaml, setYaml] = useState(() => edited(found.yaml))
  const [place, setPlace] = useState<Pick<CodeProblem, 'line' | 'column'>>()
  const [failed, setFailed] = useState<{ readonly yaml: string; readonly error: ApiError }>()
  const checked = useCheck(name, yaml)
  const isDirty = yaml !== edited(base.yaml)
  const isElsewhere = found.hash !== base.hash
  const take = (manifest: ConnectorManifest) => {
    setBase(manifest)
    setYaml(edited(manifest.yaml))
  }
  // Nothing of this page is lost where nothing was typed.
  if (isElsewhere && (!isDirty || yaml === edited(found.yaml))) take(found)

  const ofFile = { queryKey: ['connector-manifest', name] }
  const save = useMutation({
    mutationFn: (before: string) => put<ConnectorManifest>(`/connectors/${segment(name)}/manifest`, { yaml, before }),
    onSuccess: async (saved) => {
      // What was asked before it was written answers the text before.
      await client.cancelQueries(ofFile)
      client.setQueryData(ofFile.queryKey, saved)
      setBase(saved)
      notifications.show({ message: `${saved.file} is written.` })
      await client.invalidateQueries({ queryKey: ['connectors'] })
      await client.invalidateQueries({
        predicate: ({ queryKey }) => String(queryKey[0]).startsWith('connector-problem'),
      })
    },
    // Somebody else was first: what they wrote is shown.
    onError: () => client.invalidateQueries(ofFile),
  })
  const leaving = useBlocker({ shouldBlockFn: () => isDirty, enableBeforeUnload: () => isDirty, withResolver: true })
  const problems = useMemo(() => problemsOf(checked, yaml, failed, base.file), [checked, yaml, failed, base.file])
  const { errors } = checked
  const saveError = save.error ? asApiError(save.error) : undefined
  return (
    <Page
      title={name}
      tabTitle={`${name}, builder · Connectors`}
      aside={<Guard manifest={base} />}
      lead={<Provenance manifest={base} />}
      actions={
        <>
          <Button variant="default" disabled={!isDirty} onClick={() => take(found)}>
            Discard changes
          </Button>
          <Button
            leftSection={<IconDeviceFloppy size={14} aria-hidden />}
            disabled={!isDirty || errors > 0 || !checked.isCurrent || isElsewhere}
            loading={save.isPending}
            title={errors > 0 ? 'What is wrong is mended first' : undefined}
            onClick={() => save.mutate(base.hash)}
          >
            Save
          </Button>
        </>
      }
    >
      {saveError && !isElsewhere && !save.isPending && isDirty && <ErrorBox error={saveError} />}
      {isElsewhere && isDirty && (
        <ChangedMeanwhile
          mine={yaml}
          theirs={found}
          isSaving={save.isPending}
          onTake={() => take(found)}
          onOverwrite={errors > 0 ? undefined : () => save.mutate(found.hash)}
        />
      )}
      <div className={classes.sides}>
        <Section
          title="Manifest"
          aside={
            <Group gap="sm">
              {isDirty ? 'Not saved. ' : ''}
              {remarkTotal(checked)}
              <To to="/connectors/$name" params={{ name }} search={{}}>
                The connector
              </To>
            </Group>
          }
        >
          <Suspense fallback={<Skeleton height={480} />}>
            <CodeEditor
              label="Manifest"
              value={yaml}
              language="yaml"
              minHeight={420}
              maxHeight="max(420px, calc(100dvh - 288px))"
              onChange={setYaml}
              problems={problems}
              goTo={place}
            />
          </Suspense>
          <Remarks problems={problems} error={checked.error} onGo={setPlace} />
        </Section>
        <TestSide
          name={name}
          yaml={yaml}
          checked={checked}
          onTested={(tested, error) => setFailed(error && { yaml: tested, error })}
          onYaml={setYaml}
        />
      </div>
      <ConfirmDialog
        title="Leave without saving?"
        confirm="Leave, lose the changes"
        decline="Stay"
        isDangerous
        isOpen={leaving.status === 'blocked'}
        onClose={() => leaving.reset?.()}
        onConfirm={async () => leaving.proceed?.()}
      >
        What you changed in {base.file} is only on this page.
      </ConfirmDialog>
    </Page>
  )
}

/** What was found without running it, and where the last test of this very text failed. */
function problemsOf(
  { found }: Checked,
  yaml: string,
  failed: { readonly yaml: string; readonly error: ApiError } | undefined,
  file: string,
): readonly (CodeProblem & { readonly isPlaced: boolean })[] {
  const remarks = (found?.remarks ?? []).map(({ line, ...remark }) => ({
    ...remark,
    line: line ?? 1,
    isPlaced: line !== undefined,
  }))
  const at = failed?.yaml === yaml && failed.error.at?.file === file ? failed.error.at : undefined
  if (at?.line === undefined || !failed) return remarks
  const { message } = failed.error
  return [...remarks, { severity: 'error', message, line: at.line, column: at.column, isPlaced: true }]
}
